"""The items that come with the house, as files an official can edit: `data/items/*.json`."""

from pathlib import Path

import orjson

from yimen.domains.catalogue.item import Item
from yimen.domains.catalogue.reading import read_item
from yimen.kernel.words import Finding, Refusal, Text

FOLDER = Path(__file__).parent / "data" / "items"


def read_files(folder: Path = FOLDER) -> list[Item]:
    """The items of a folder, by file name. Refuses with every fault of every file, each named with its file."""
    found, wrong = [], []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(read_item(orjson.loads(path.read_bytes())))
        except orjson.JSONDecodeError as trouble:
            wrong.append(
                Finding(
                    "item.json",
                    Text(f"{path.name}：不是 JSON（{trouble}）。", f"{path.name}: no JSON ({trouble})."),
                )
            )
        except Refusal as refused:
            wrong += [
                Finding(
                    f.code,
                    Text(f"{path.name}：{f.sentence.zh}", f"{path.name}: {f.sentence.en}"),
                    f.law,
                    f.field,
                )
                for f in refused.findings
            ]
    if wrong:
        raise Refusal(*wrong)
    return found

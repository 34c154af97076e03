"""A file's way in: kept, mapped, checked whole, confirmed, and imported whole or not at all.

The commands are for the person at the screen; `work()` is for the worker. Whatever is interrupted is begun again.
"""

import gc
import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F, QuerySet
from django.utils.module_loading import import_string

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import decide
from yimen.kernel.access.standing import load_actor
from yimen.kernel.calendar.today import now
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.tenancy import current_county, place_key
from yimen.kernel.ids import uuid7
from yimen.kernel.imports.columns import Fault, Plan, Target, suggested
from yimen.kernel.imports.models import ColumnMapping, ImportRun
from yimen.kernel.imports.tables import Line, opened
from yimen.kernel.registers.acts import named, note, permit
from yimen.kernel.words import Finding, Refusal, Text

MOST_BYTES = 60 * 1024 * 1024
SHOWN_FAULTS = 1000
SHOWN_VALUES = 200
_BATCH = 1000
_MOST_TRIES = 3
"""A worker that is killed over a file (no memory left) does not begin it again for ever."""
_SAMPLE = 5
_FORGOTTEN = timedelta(days=7)
_OVERFLOW = Finding(
    "import.overflow", Text("这一行的格数比表头多。", "This row has more cells than there are headings.")
)
_REQUIRED = Text("“{field}”没有填。", "“{field}” is empty.")

log = logging.getLogger("yimen.imports")


@dataclass(frozen=True, slots=True)
class Importer:
    """Something that can be imported.

    `translations` gives what a coded field may hold, as (our value, words). `judge` turns a batch of (row, field → text) into what is to be written or faults, one for each row; it may ask the
    database, and remembers in `seen` what must not come twice in one file. `write` writes all of it in the caller's
    transaction. `settings` are for the whole file.
    """

    code: str
    title: Text
    permission: str
    targets: tuple[Target, ...]
    settings: tuple[Target, ...]
    translations: Callable[[str], list[tuple[str, str]]]
    judge: Callable[[Actor, Plan, Sequence[tuple[int, Mapping[str, str]]], set[str]], list[Any]]
    write: Callable[[Actor, Iterable[Any], Callable[[int], None], Plan], int]

    def label(self, field: str) -> Text:
        """The words of a field or setting."""
        return next((t.label for t in (*self.targets, *self.settings) if t.code == field), Text(field, field))


@cache
def _importers() -> dict[str, Importer]:
    """What the site names in `YIMEN_IMPORTERS`, by code."""
    named_ones = [cast(Importer, import_string(path)) for path in settings.YIMEN_IMPORTERS]
    return {each.code: each for each in named_ones}


def importers() -> list[Importer]:
    """What can be imported, in the site's order."""
    return list(_importers().values())


def importer_of(run: ImportRun) -> Importer:
    """What a run imports."""
    return _importers()[run.what]


def path_of(run_id: UUID) -> Path:
    """Where a run's file lies until it is over."""
    return Path(str(settings.YIMEN_FILES)) / place_key()[1] / "imports" / str(run_id)


def may(actor: Actor, importer: Importer) -> bool:
    """Whether the actor may import this: only who may for the whole county, since a file may speak of all of it."""
    return decide(actor, importer.permission, area=current_county().code) is None


def begin(actor: Actor, what: str, upload: IO[bytes], file_name: str) -> ImportRun:
    """Keep the file, read its headings and lay them as far as they are known. Refuses what is no table."""
    importer = _importers()[what]
    permit(actor, importer.permission, current_county().code)
    if actor.account_id is None:
        raise Refusal.of("access.sign_in", "请先登录。", "Please sign in first.")
    at = now()
    run = ImportRun(
        id=uuid7(at), what=what, file_name=_tidy_name(file_name), state="mapping", account_id=actor.account_id,
        who_name=actor.name, created_at=at,
    )  # fmt: skip
    path = path_of(run.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        run.sha256 = _keep(upload, path)
        if ImportRun.objects.filter(what=what, sha256=run.sha256, state="done").exists():
            raise Refusal.of(
                "import_file_once",
                "这个文件已经导入过了。",
                "This file has been imported already.",
                field="file",
            )
        with opened(path) as table:
            run.headings = table.headings
            run.sample = [line.cells for line in islice(table.lines, _SAMPLE)]
        if not run.sample:
            raise Refusal.of(
                "table.no_rows", "表头下面没有内容。", "There are no rows below the headings.", field="file"
            )
        run.plan = Plan(suggested(importer.targets, run.headings)).plain()
        run.save(force_insert=True)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return run


def _tidy_name(name: str) -> str:
    """The file's own name without a path, as far as it can be shown."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[:120] or "—"


def _keep(upload: IO[bytes], path: Path) -> str:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as kept:
        while chunk := upload.read(1 << 20):
            size += len(chunk)
            if size > MOST_BYTES:
                raise Refusal.of(
                    "import.too_large",
                    f"文件超过 {MOST_BYTES >> 20} MB，请分成几个。",
                    f"The file is over {MOST_BYTES >> 20} MB; please split it.",
                    field="file",
                )
            digest.update(chunk)
            kept.write(chunk)
    if not size:
        raise Refusal.of("import.empty", "文件是空的。", "The file is empty.", field="file")
    return digest.hexdigest()


def runs_of(actor: Actor) -> list[ImportRun]:
    """The latest runs of what the actor may import, the newest first."""
    mine = [i.code for i in importers() if may(actor, i)]
    return list(ImportRun.objects.filter(what__in=mine).order_by("-created_at")[:50])


def run_for(actor: Actor, run_id: UUID, among: QuerySet[ImportRun] | None = None) -> ImportRun | None:
    """A run that the actor may see."""
    run = (ImportRun.objects.all() if among is None else among).filter(id=run_id).first()
    return run if run is not None and may(actor, importer_of(run)) else None


def mappings(what: str) -> list[ColumnMapping]:
    """The saved mappings of an importer, by name."""
    return list(ColumnMapping.objects.filter(what=what).order_by("name"))


def save_mapping(actor: Actor, what: str, name: str, plan: Plan) -> ColumnMapping:
    """Keep a plan under a name for the next file of its kind; the same name again replaces it."""
    permit(actor, _importers()[what].permission, current_county().code)
    at, tidy = now(), named(name, "mapping_name", 60)
    with one_act():
        row, _ = ColumnMapping.objects.update_or_create(
            what=what, name=tidy, defaults={"plan": plan.plain(), "saved_by": actor.name, "saved_at": at},
            create_defaults={"id": uuid7(at), "plan": plan.plain(), "saved_by": actor.name, "saved_at": at},
        )  # fmt: skip
        note(actor, row.id, "save_mapping", at, name=tidy, what=what, plan=plan.plain())
    return row


def check(actor: Actor, run_id: UUID, plan: Plan) -> None:
    """Have the whole file checked under a plan; nothing is written of it. Refuses a plan that lacks something."""
    with one_act():
        run = _locked(actor, run_id, ("mapping", "checked", "failed"))
        _refuse_gaps(run, plan)
        ImportRun.objects.filter(id=run_id).update(
            state="checking",
            plan=plan.plain(),
            rows=0,
            passed=0,
            faults=0,
            shown=[],
            unknown={},
            problem=None,
        )


def _refuse_gaps(run: ImportRun, plan: Plan) -> None:
    """Refuse a plan without a field that is required, or with a heading that the file does not have."""
    importer = importer_of(run)
    known = {h: h for h in run.headings}
    missing = [t for t in importer.targets if t.is_required and not plan.columns.get(t.code)]
    missing += [
        t
        for t in importer.settings
        if (t.is_required or plan.columns.get(t.needed_with)) and not plan.settings.get(t.code)
    ]
    wrong = [t for t in importer.targets if plan.columns.get(t.code, "") not in {"", *known}]
    findings = [
        Finding("import.unmapped", Text("请指定“{field}”。", "Please name “{field}”.").fill(field=t.label), field=t.code)
        for t in missing
    ] + [
        Finding("import.no_heading", Text("“{field}”：文件里没有这个表头。", "“{field}”: the file has no such heading.").fill(field=t.label), field=t.code)
        for t in wrong
    ]  # fmt: skip
    if findings:
        raise Refusal(*findings)


def confirm(actor: Actor, run_id: UUID) -> None:
    """Have a file imported that was checked without a fault."""
    with one_act():
        run = _locked(actor, run_id, ("checked",))
        if run.faults:
            raise Refusal.of(
                "import.faults",
                f"还有 {run.faults} 处问题，改好以后再导入；一行也没有写入。",
                f"{run.faults} faults remain; mend them first. Nothing has been written.",
            )
        ImportRun.objects.filter(id=run_id).update(state="importing", passed=0, tries=0)
        note(
            actor,
            run_id,
            "confirm_import",
            now(),
            what=run.what,
            file=run.file_name,
            sha256=run.sha256,
            rows=run.rows,
        )


def give_up(actor: Actor, run_id: UUID) -> None:
    """Forget a file that will not be imported."""
    with one_act():
        _locked(actor, run_id, ("mapping", "checked", "failed"))
        ImportRun.objects.filter(id=run_id).update(state="given_up", ended_at=now(), sample=[], shown=[])
    path_of(run_id).unlink(missing_ok=True)


def _locked(actor: Actor, run_id: UUID, states: tuple[str, ...]) -> ImportRun:
    """The run, held against everybody else until the transaction ends, if it stands in one of the states."""
    run = run_for(actor, run_id, ImportRun.objects.select_for_update())
    if run is None:
        raise Refusal.of("import.unknown", "没有这次导入。", "There is no such import.")
    if run.state not in states:
        raise Refusal.of(
            "import.state",
            "这次导入现在不能这样办，请刷新后再看。",
            "This cannot be done with the import now; please reload.",
        )
    return run


def work() -> None:
    """The worker's part: check and import what waits, oldest first; forget files that nobody came back to."""
    while run := ImportRun.objects.filter(state__in=("checking", "importing")).order_by("created_at").first():
        if run.tries >= _MOST_TRIES:
            _failed(run, _CUT_OFF)
            continue
        ImportRun.objects.filter(id=run.id).update(tries=F("tries") + 1)
        perform(run)
    for old in ImportRun.objects.filter(
        state__in=("mapping", "checked", "failed"), created_at__lt=now() - _FORGOTTEN
    ):
        ImportRun.objects.filter(id=old.id).update(state="given_up", ended_at=now(), sample=[], shown=[])
        path_of(old.id).unlink(missing_ok=True)


def perform(run: ImportRun) -> None:
    """Check or import one run; what is refused, or breaks, is kept with it as the reason it failed.

    A lost database is nobody's fault: the run waits for the next turn. Nothing else may hold up the runs behind it.
    """
    try:
        actor = load_actor(run.account_id, second_factor=True)
        if not may(actor, importer_of(run)):
            raise Refusal.of(
                "import.permission", "发起人已没有导入的权限。", "Whoever began this may no longer import."
            )
        with _uncollected():
            (_check if run.state == "checking" else _write)(run, actor)
    except (OperationalError, InterfaceError):
        raise
    except Refusal as refused:
        _failed(run, refused.findings[0])
    except FileNotFoundError:
        _failed(run, _LOST)
    except Exception:
        log.exception("import %s broke", run.id)
        _failed(run, _BROKEN)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for cycles of garbage, which rows do not make and which costs a tenth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _failed(run: ImportRun, why: Finding) -> None:
    ImportRun.objects.filter(id=run.id).update(state="failed", problem=why.sentence._asdict())


_CUT_OFF = Finding(
    "import.cut_off",
    Text(
        "这个文件几次都没有处理完就中断了，没有写入任何内容；请分成几个小文件再试，或联系系统管理员。",
        "Work on this file was cut off several times; nothing was written. Please try it in smaller files, or ask the system administrator.",
    ),
)
_BROKEN = Finding(
    "import.broken",
    Text(
        "系统出错，一行也没有写入；请把文件和时间告诉系统管理员。",
        "The system failed and nothing was written; please tell the administrator the file and the time.",
    ),
)
_LOST = Finding("import.lost", Text("文件已不在，请重新上传。", "The file is gone; please upload it again."))


def _judged(run: ImportRun, actor: Actor) -> Iterator[tuple[int, list[Any]]]:
    """Batch after batch: how many rows have passed, and what each became."""
    importer, plan = importer_of(run), Plan.read(run.plan)
    seen: set[str] = set()
    passed = 0
    with opened(path_of(run.id)) as table:
        while lines := list(islice(table.lines, _BATCH)):
            sound, became = [], []
            for line in lines:
                given = plan.laid(line.cells)
                faults = _missing(importer, line, given)
                became.append(faults)
                if not faults:
                    sound.append((line.number, given))
            rest = iter(importer.judge(actor, plan, sound, seen))
            passed += len(lines)
            yield passed, [faults or next(rest) for faults in became]


def _missing(importer: Importer, line: Line, given: Mapping[str, str]) -> list[Fault]:
    faults = [Fault(line.number, "", _OVERFLOW)] if line.overflow else []
    return faults + [
        Fault(line.number, t.code, Finding("import.required", _REQUIRED.fill(field=t.label), field=t.code))
        for t in importer.targets
        if t.is_required and not given.get(t.code)
    ]


def _check(run: ImportRun, actor: Actor) -> None:
    shown: list[dict[str, Any]] = []
    unknown: dict[str, dict[str, int]] = {}
    faults = passed = 0
    for passed, became in _judged(run, actor):
        for found in became:
            for fault in found if isinstance(found, list) else ():
                faults += 1
                if len(shown) < SHOWN_FAULTS:
                    shown.append({"row": fault.row, "field": fault.field, **fault.finding.sentence._asdict()})
                if fault.unknown:
                    counted = unknown.setdefault(fault.field, {})
                    if fault.unknown in counted or len(counted) < SHOWN_VALUES:
                        counted[fault.unknown] = counted.get(fault.unknown, 0) + 1
        ImportRun.objects.filter(id=run.id).update(passed=passed, faults=faults)
    ImportRun.objects.filter(id=run.id, state="checking").update(
        state="checked", rows=passed, passed=passed, faults=faults, shown=shown, unknown=unknown
    )


def _write(run: ImportRun, actor: Actor) -> None:
    """Judge once more and write, all in one transaction; the run is done when, and only when, everything is written."""

    def whole() -> Iterator[Any]:
        for _, became in _judged(run, actor):
            for found in became:
                if isinstance(found, list):
                    raise Refusal(_since_then(found[0]))
                yield found

    with _aside() as told, one_act():
        written = importer_of(run).write(actor, whole(), lambda n: told(run.id, n), Plan.read(run.plan))
        at = now()
        ImportRun.objects.filter(id=run.id).update(
            state="done", passed=written, ended_at=at, sample=[], shown=[]
        )
        note(
            actor,
            run.id,
            "import_file",
            at,
            what=run.what,
            file=run.file_name,
            sha256=run.sha256,
            rows=written,
        )
    path_of(run.id).unlink(missing_ok=True)


def _since_then(fault: Fault) -> Finding:
    """What is wrong now with a row that was sound when it was checked."""
    row = Text(f"第 {fault.row} 行：", f"Row {fault.row}: ")
    said = fault.finding.sentence
    return replace(fault.finding, sentence=Text(row.zh + said.zh, row.en + said.en))


class _aside:
    """Tells how far a transaction has come from outside of it, over a line of its own."""

    def __enter__(self) -> Callable[[UUID, int], None]:
        self.line = connection.copy()
        self.line.set_tenant(connection.tenant)  # type: ignore[attr-defined]
        with self.line.cursor() as cursor:  # nobody waits for the disk to say how far it is
            cursor.execute("SET synchronous_commit = off")
        return self._tell

    def _tell(self, run_id: UUID, passed: int) -> None:
        with self.line.cursor() as cursor:
            cursor.execute("UPDATE imports_run SET passed = %s WHERE id = %s", [passed, run_id])

    def __exit__(self, *_: object) -> None:
        self.line.close()

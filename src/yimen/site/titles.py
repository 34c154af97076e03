"""Which names known in both languages stand in the titles of each field's matters; said when the faces are put together."""

from yimen.domains.catalogue.api import in_force
from yimen.domains.duties.api import ADMISSION, ROUND, task_name
from yimen.domains.grid.api import INCIDENT, class_name
from yimen.domains.hall.api import AGENT_TASK
from yimen.domains.services.api import JOINT_OPINION, RECTIFICATION, SERVICE
from yimen.kernel.matters.titles import name_titles
from yimen.kernel.words import Text


def name_all() -> None:
    """Which names known in both languages stand in the titles of each procedure."""

    def item_name(code: str) -> Text | None:
        found = in_force().items.get(code)
        return found.name if found else None

    name_titles(INCIDENT.code, lambda m: (class_name(m.kind), Text("：", ": ")))
    name_titles(SERVICE.code, lambda m: (item_name(m.kind),))
    name_titles(JOINT_OPINION.code, lambda m: (Text("联办意见", "Joint opinion"), item_name(m.kind)))
    name_titles(RECTIFICATION.code, lambda m: (Text("差评整改", "Bad rating"),))
    name_titles(AGENT_TASK.code, lambda m: (Text("代办", "Agent"), item_name(m.kind)))
    name_titles(ROUND.code, lambda m: (task_name(m.kind),))
    name_titles(ADMISSION.code, lambda m: (Text(m.title, str(m.facts.get("name_en") or m.title)),))

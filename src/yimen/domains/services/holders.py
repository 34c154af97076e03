"""How an applicant is called where others read: a person by the name with its middle hidden, an organisation by its name.

Only what concerns a natural person is personal data (个人信息保护法 第四条).
"""

from yimen.kernel.matters.models import Matter
from yimen.kernel.sealing import masked


def called(name: str, id_kind: str) -> str:
    """A name as lists, papers' checks and the public may show it."""
    return name if id_kind == "credit" else masked(name)


def holder_of(matter: Matter) -> tuple[str, bool]:
    """The applicant as others may know them, and whether it is a person."""
    private = matter.unsealed()
    kind = str(private.get("id_kind", ""))
    return called(str(private.get("name", "")), kind), kind != "credit"

"""The procedures of this house, in all their versions. Filled when the apps start; a flawed one stops the start."""

from yimen.kernel.procedure.language import Procedure

_known: dict[tuple[str, int], Procedure] = {}


def register(procedure: Procedure) -> Procedure:
    """Make a procedure known; ValueError names its problems when it has any."""
    if problems := procedure.problems():
        raise ValueError(f"procedure {procedure.code} v{procedure.version}: " + "; ".join(problems))
    _known[procedure.code, procedure.version] = procedure
    return procedure


def get(code: str, version: int | None = None) -> Procedure:
    """A procedure in a version, the newest when none is named; KeyError when unknown."""
    if version is None:
        version = max(v for c, v in _known if c == code)
    return _known[code, version]


def newest() -> list[Procedure]:
    """Every known procedure in its newest version, by code."""
    return [get(code) for code in sorted({code for code, _ in _known})]


def all_versions() -> list[Procedure]:
    """Every known procedure, by code and version."""
    return [_known[key] for key in sorted(_known)]

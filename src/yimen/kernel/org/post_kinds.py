"""The kinds of post there are: a declared list, so that a report on them counts the same everywhere. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from yimen.kernel.words import Text


@dataclass(frozen=True, slots=True)
class PostKind:
    """A kind of post. `of_grid` marks the posts that serve a grid (or, without a grid's code, all grids of a village)."""

    code: str
    name: Text
    of_grid: bool = False


GRID_LEADER = "grid_leader"
WORKERS = ("grid_worker", "part_time_grid_worker")
ANSWERING = (GRID_LEADER, "deputy_grid_leader", *WORKERS)
"""Who answers for a grid: is told of its incidents, is named on its notice board, and is missed when absent."""
PARTY_POSTS = ("party_secretary", "party_group_leader")

POST_KINDS: Mapping[str, PostKind] = {
    kind.code: kind
    for kind in (
        PostKind(GRID_LEADER, Text("网格长", "Grid leader"), of_grid=True),
        PostKind("deputy_grid_leader", Text("副网格长", "Deputy grid leader"), of_grid=True),
        PostKind("grid_worker", Text("专职网格员", "Full-time grid worker"), of_grid=True),
        PostKind("part_time_grid_worker", Text("兼职网格员", "Part-time grid worker"), of_grid=True),
        PostKind("grid_guide", Text("网格指导员", "Grid adviser"), of_grid=True),
        PostKind(
            "party_secretary", Text("网格党支部书记", "Secretary of the grid's party branch"), of_grid=True
        ),
        PostKind(
            "party_group_leader", Text("网格党小组组长", "Leader of the grid's party group"), of_grid=True
        ),
        PostKind("leader", Text("主要负责人", "Head")),
        PostKind("deputy", Text("副职", "Deputy head")),
        PostKind("clerk", Text("窗口人员", "Window clerk")),
        PostKind("officer", Text("执法人员", "Enforcement officer")),
        PostKind("staff", Text("工作人员", "Member of staff")),
    )
}
GRID_KINDS = tuple(code for code, kind in POST_KINDS.items() if kind.of_grid)


def post_kind_name(code: str) -> Text:
    """A kind in words; its code when it is no longer declared."""
    found = POST_KINDS.get(code)
    return found.name if found else Text(code, code)

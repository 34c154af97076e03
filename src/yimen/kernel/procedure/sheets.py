"""A procedure as a page a lawyer can read: a diagram and three tables, each line with its article.

The sheets are committed under docs/procedures; `make test` fails when one no longer says what the code does.
"""

import re
from pathlib import Path

from yimen.kernel.procedure.language import SAME, LimitSpec, Procedure, Rule, Step
from yimen.kernel.procedure.registry import all_versions

_UNITS = {
    "hours": ("小时", "hours"),
    "working_hours": ("工作小时", "working hours"),
    "working_days": ("工作日", "working days"),
    "calendar_days": ("日（自然日）", "calendar days"),
    "months": ("月", "months"),
}


_NAMES = re.compile(r"\{\w+\}")


def sheet(procedure: Procedure) -> str:
    """The sheet as Markdown, Chinese with English beside it."""
    lines = [
        f"# {procedure.name.zh} · {procedure.name.en}",
        "",
        f"版本 version {procedure.version} · 依据 basis: {procedure.law or '—'}",
        "",
        "```mermaid",
        "stateDiagram-v2",
        *(f'    state "{s.name.zh}" as {s.code}' for s in procedure.states),
        *(
            f"    {source} --> {step.to}: {step.label.zh}"
            for step in procedure.steps
            if step.to != SAME
            for source in (step.sources or ("[*]",))
            if source != SAME
        ),
        *(f"    {s.code} --> [*]" for s in procedure.states if s.is_end),
        "```",
        "",
        "## 步骤 Steps",
        "",
        "| 步骤 step | 从 from | 到 to | 谁 who | 不得同一人 not the same person as | 时钟 clocks | 依据 law |",
        "|---|---|---|---|---|---|---|",
        *(_step_row(procedure, s) for s in procedure.steps),
        "",
        "## 时限 Limits",
        "",
        "| 时限 limit | 长度 length | 逢休息日顺延 rolls | 逾期 on breach | 依据 law |",
        "|---|---|---|---|---|",
        *(_limit_row(x) for x in procedure.limits),
        "",
        "## 规则 Rules",
        "",
        "| 步骤 step | 不符合时 when it does not hold | 依据 law |",
        "|---|---|---|",
        *(_rule_row(s, r) for s in procedure.steps for r in (*s.only_if, *s.awaits, *s.guards)),
        "",
    ]
    return "\n".join(lines)


def _step_row(procedure: Procedure, step: Step) -> str:
    def states(codes: tuple[str, ...]) -> str:
        return "、".join("任一在办 any open" if c == SAME else procedure.state(c).name.zh for c in codes)

    clocks = [
        f"{word} {procedure.limit(code).name.zh}"
        for word, codes in (
            ("起", step.starts),
            ("止", step.stops),
            ("停", step.pauses),
            ("续", step.resumes),
            ("延", step.extends),
            ("待", step.waits),
            ("限于", (step.within,) if step.within else ()),
            ("自其起算", (step.counts_from,) if step.counts_from else ()),
        )
        for code in codes
    ]
    return (
        "| "
        + " | ".join(
            (
                f"{step.label.zh} {step.label.en} `{step.code}`",
                states(step.sources) or "—",
                "不变 same" if step.to == SAME else procedure.state(step.to).name.zh,
                "、".join(f"`{w.permission}` ({w.relation})" for w in step.who),
                "、".join(procedure.step(s).label.zh for s in step.not_same_as) or "—",
                "；".join(clocks) or "—",
                step.law,
            )
        )
        + " |"
    )


def _limit_row(limit: LimitSpec) -> str:
    zh, en = _UNITS[limit.unit]
    length = (
        f"{limit.number} {zh} {en}" if limit.number else f"随事项而定 by the matter (`{limit.number_from}`)"
    )
    if limit.is_local:
        length += "（县可另定 unless the county sets another）"
    if limit.only_with:
        length += f"（只在 only with `{limit.only_with}`）"
    rolls = "是 yes" if limit.rolls else "否 no"
    then = "".join(f" 系统自动办理 the house takes `{code}`。" for code in limit.then)
    if limit.is_wait:
        length = f"满 at least {length}"
    return f"| {limit.name.zh} {limit.name.en} `{limit.code}` | {length} | {rolls} | {limit.on_breach.zh} {limit.on_breach.en}{then} | {limit.law} |"


def _rule_row(step: Step, rule: Rule) -> str:
    said = rule.objection
    words = _NAMES.sub("…", f"{said.sentence.zh} {said.sentence.en}")
    return f"| {step.label.zh} {step.label.en} `{step.code}` | {words} `{rule.name}` | {said.law} |"


def _files() -> dict[str, str]:
    return {f"{p.code}-v{p.version}.md": sheet(p) for p in all_versions()}


def write_all(folder: Path) -> None:
    """Write every known procedure's sheet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in _files().items():
        (folder / name).write_text(text, encoding="utf-8")


def stale(folder: Path) -> list[str]:
    """The names of sheets that are missing or say something else than the code."""
    return [
        name
        for name, text in _files().items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
    ]

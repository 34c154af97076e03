"""Django forms made from a form declared as data, so that portal, window and phone ask the same questions the same way.

The fields carry the questions' names; a row of a repeating group is `members.0.name`. What is typed is judged by
`kernel.forms.answers`, whose findings come back to the fields.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from django import forms
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yimen.design.fields import Row
from yimen.kernel.forms.answers import asked
from yimen.kernel.forms.schema import LONGEST, Form, Question, When
from yimen.kernel.words import Finding

_LONG = 120
_FEW = 5


class AnswerForm(forms.Form):
    """The questions that the answers so far ask for, and those that an answer on the same page may still ask for."""

    def __init__(
        self, form: Form, answers: Mapping[str, Any], more: str = "", page: int | None = None
    ) -> None:
        """`answers` are shown in the fields; `more` names the group that is shown with a row beyond those answered."""
        super().__init__(initial=dict(_flat(answers)))
        wanted = {q.name for q in asked(form.questions.values(), answers)}
        here = list(form.questions.values()) if page is None else form.on_page(page)
        names = {q.name for q in here}
        self.has_rows = False
        """Whether a group is shown whose rows can be added to and taken out."""
        for question in here:
            hangs = question.when if question.when is not None and question.when.answer in names else None
            if question.name not in wanted and hangs is None:
                continue
            shows = shown_when(hangs, is_asked=question.name in wanted)
            for name, field in _fields(question, answers, more):
                field.shown_when = shows
                self.fields[name] = field
            self.has_rows |= question.kind == "array"

    def told(self, findings: Iterable[Finding]) -> Sequence[Finding]:
        """Put findings at their fields; returns those that have none here."""
        rest = []
        self._errors = forms.utils.ErrorDict()
        for finding in findings:
            # Of a group without a row its first box tells.
            inside = (name for name in self.fields if name.startswith(f"{finding.field}.0."))
            place = finding.field if finding.field in self.fields else next(inside, None)
            if finding.field and place:
                self._errors.setdefault(place, self.error_class()).append(str(finding.sentence))
            else:
                rest.append(finding)
        self.is_bound = True
        self.data = {self.add_prefix(k): v for k, v in self.initial.items()}
        return rest


def _fields(question: Question, answers: Mapping[str, Any], more: str) -> Iterable[tuple[str, Any]]:
    """A question's fields by name: one, or one for each cell of its rows."""
    if question.kind != "array":
        yield question.name, _field(question)
        return
    given = answers.get(question.name)
    answered = len(given) if isinstance(given, list) else 0
    fewest, added = max(question.fewest_rows, 1), answered if more == question.name else -1
    count = min(max(answered, fewest, added + 1), question.most_rows)
    for n in range(count):
        is_last = n == count - 1
        row = Row(
            f"{question.name}.{n}",
            f"{question.label} {n + 1}" if question.most_rows > 1 else str(question.label),
            may_go=count > fewest,
            adds=question.name if is_last and count < question.most_rows else "",
        )
        for inner in question.rows:
            field = _field(inner, is_free=n >= question.fewest_rows)
            field.row = row  # type: ignore[attr-defined]
            if n == added and inner is question.rows[0]:
                field.widget.attrs["autofocus"] = True
            yield f"{row.name}.{inner.name}", field


def shown_when(hangs: When | None, *, is_asked: bool) -> SafeString:
    """The attributes that show a question when the answer it hangs on is given (`conditions.js`), and hide it until then."""
    if hangs is None:
        return SafeString("")
    values = orjson.dumps([str(_shown(v)) for v in hangs.values]).decode()
    return flatatt({"data-when": hangs.answer, "data-is": values, "hidden": not is_asked})


def changes_rows(given: QueryDict) -> bool:
    """Whether the form came only for a row to be added or taken out."""
    return "more" in given or "less" in given


def typed(form: Form, given: QueryDict) -> dict[str, Any]:
    """The answers as they were typed: a text for each question, a list of rows for each group, without the one taken out.

    Of an endless one no more is taken than shows that it is too long: what was typed is kept even when it is wrong.
    """
    answers: dict[str, Any] = {}
    for question in form.questions.values():
        if question.kind == "array":
            rows = [
                {
                    q.name: given[key][: LONGEST + 1]
                    for q in question.rows
                    if (key := f"{question.name}.{n}.{q.name}") in given
                }
                for n in range(question.most_rows)
                if given.get("less") != f"{question.name}.{n}"
            ]
            answers[question.name] = [row for row in rows if any(row.values())]
        elif question.name in given:
            answers[question.name] = given[question.name][: LONGEST + 1]
    return answers


def _flat(answers: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for name, value in answers.items():
        if isinstance(value, list):
            for n, row in enumerate(value):
                yield from ((f"{name}.{n}.{inner}", _shown(each)) for inner, each in row.items())
        else:
            yield name, _shown(value)


def _shown(value: Any) -> Any:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


def _field(question: Question, *, is_free: bool = False) -> forms.Field:
    common: dict[str, Any] = {
        "label": str(question.label),
        "required": question.is_required and not is_free,
        "help_text": str(question.hint),
    }
    if question.kind == "boolean":
        return forms.ChoiceField(
            choices=[("yes", _("是")), ("no", _("否"))], widget=forms.RadioSelect, **common
        )
    if question.choices:
        listed = [(value, str(words)) for value, words in question.choices]
        if len(listed) <= _FEW:
            return forms.ChoiceField(choices=listed, widget=forms.RadioSelect, **common)
        return forms.ChoiceField(choices=[("", _("请选择")), *listed], **common)
    if question.kind in ("integer", "number") or question.format == "money":
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
    if question.format == "date":
        return forms.DateField(**common)
    if question.format == "phone":
        return forms.CharField(max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"}), **common)
    if question.longest > _LONG and not question.format:
        return forms.CharField(
            max_length=question.longest, widget=forms.Textarea(attrs={"rows": 3}), **common
        )
    return forms.CharField(max_length=question.longest, **common)


def said(question: Question, value: Any) -> str:
    """An answer in words, typed or plain; of a group one line a row."""
    if isinstance(value, list):
        rows = (
            _("，").join(f"{q.label} {said(q, row[q.name])}" for q in question.rows if q.name in row)
            for row in value
        )
        return "\n".join(rows)
    if question.kind == "boolean":
        return {"yes": _("是"), "no": _("否")}.get(_shown(value), "")
    return str(dict(question.choices).get(value, value)) if question.choices else str(value)

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

from yimen.design.wording import sentences
from yimen.kernel.forms.answers import asked
from yimen.kernel.forms.schema import LONGEST, Form, Question, When
from yimen.kernel.words import Finding

_LONG = 120
_FEW = 5
_MOST_ROWS_SHOWN = 12


class AnswerForm(forms.Form):
    """The questions that the answers so far ask for, and those that an answer on the same page may still ask for."""

    def __init__(
        self, form: Form, answers: Mapping[str, Any], rows: Mapping[str, int], page: int | None = None
    ) -> None:
        """`answers` are shown in the fields; `rows` says how many rows of a group are shown beyond those answered."""
        super().__init__(initial=dict(_flat(answers)))
        wanted = {q.name for q in asked(form.questions.values(), answers)}
        here = list(form.questions.values()) if page is None else form.on_page(page)
        names = {q.name for q in here}
        self.adds_rows = False
        """Whether a group is shown that may have more rows; the button for it stands under its last row."""
        for question in here:
            hangs = question.when if question.when is not None and question.when.answer in names else None
            if question.name not in wanted and hangs is None:
                continue
            shows = shown_when(hangs, is_asked=question.name in wanted)
            for name, field in _fields(question, answers, rows):
                field.shown_when = shows
                self.fields[name] = field
            if question.kind == "array" and question.most_rows > 1:
                self.adds_rows = True
                field.adds_row = (question.name, question.label)

    def told(self, findings: Iterable[Finding]) -> Sequence[Finding]:
        """Put findings at their fields; returns those that have none here."""
        rest = []
        self._errors = forms.utils.ErrorDict()
        for finding in findings:
            if finding.field in self.fields:
                self._errors.setdefault(finding.field, self.error_class()).append(str(finding.sentence))
            else:
                rest.append(finding)
        self.is_bound = True
        self.data = {self.add_prefix(k): v for k, v in self.initial.items()}
        return rest


def _fields(
    question: Question, answers: Mapping[str, Any], rows: Mapping[str, int]
) -> Iterable[tuple[str, Any]]:
    """A question's fields by name: one, or one for each cell of its rows."""
    if question.kind != "array":
        yield question.name, _field(question)
        return
    given = answers.get(question.name)
    answered = len(given) if isinstance(given, list) else 0
    count = max(answered, question.fewest_rows, 1) + rows.get(question.name, 0)
    for n in range(min(count, question.most_rows, _MOST_ROWS_SHOWN)):
        for inner in question.rows:
            label = f"{question.label} {n + 1} · {inner.label}"
            yield (
                f"{question.name}.{n}.{inner.name}",
                _field(inner, label, is_free=n >= question.fewest_rows),
            )


def shown_when(hangs: When | None, *, is_asked: bool) -> SafeString:
    """The attributes that show a question when the answer it hangs on is given (`conditions.js`), and hide it until then."""
    if hangs is None:
        return SafeString("")
    values = orjson.dumps([str(_shown(v)) for v in hangs.values]).decode()
    return flatatt({"data-when": hangs.answer, "data-is": values, "hidden": not is_asked})


def typed(form: Form, given: QueryDict) -> dict[str, Any]:
    """The answers as they were typed: a text for each question, a list of rows for each group.

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
                for n in range(min(question.most_rows, _MOST_ROWS_SHOWN))
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


def _field(question: Question, label: str = "", *, is_free: bool = False) -> forms.Field:
    common: dict[str, Any] = {
        "label": label or str(question.label),
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
    """An answer in words."""
    if isinstance(value, list):
        rows = (
            _("，").join(f"{q.label} {said(q, row[q.name])}" for q in question.rows if q.name in row)
            for row in value
        )
        return sentences(rows)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(dict(question.choices).get(value, value)) if question.choices else str(value)

"""Django form fields as the field component draws them."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from django.forms import BaseForm, BoundField, widgets
from django.forms.utils import flatatt
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yimen.design.shapes import Said
from yimen.design.step_forms import MultipleFiles
from yimen.design.wording import escaped
from yimen.kernel.papers import waiting
from yimen.kernel.papers.waiting import Waiting
from yimen.kernel.words import Finding


@dataclass(frozen=True, slots=True)
class Choice:
    """One radio button or tick box."""

    id: str
    value: str
    label: Said
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """The row of a repeating group that a field belongs to, such as `members.0`; who fills it in may take it out, and where
    it is the last one `adds` names the group that may have another."""

    name: str
    title: str
    may_go: bool
    adds: str


@dataclass(frozen=True, slots=True)
class DrawnField:
    """A field ready to draw. `kind`: input, textarea, select, radios, checks, check, file, photo."""

    kind: str
    id: str
    name: str
    label: Said
    hint: Said
    errors: tuple[str, ...]
    is_required: bool
    size: str
    described_by: str
    box: SafeString
    choices: tuple[Choice, ...]
    choice_type: str
    accept: str
    capture: str
    takes_many: bool
    is_chosen: bool
    is_disabled: bool
    shown_when: SafeString
    row: Row | None
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """One line of an error summary: the sentence, its article, and where its box is ("" for none)."""

    text: Said
    href: str
    law: str = ""


_BOX_CLASSES = {"select": "form-select", "check": "form-check-input"}


def _kind(widget: widgets.Widget) -> str:
    """Which of the component's shapes a widget takes."""
    match widget:
        case widgets.CheckboxSelectMultiple():  # a kind of RadioSelect to Django, so asked about first
            return "checks"
        case widgets.RadioSelect():
            return "radios"
        case widgets.CheckboxInput():
            return "check"
        case widgets.Select():
            return "select"
        case widgets.Textarea():
            return "textarea"
        case widgets.FileInput():
            return "photo" if str(widget.attrs.get("accept", "")).startswith("image") else "file"
        case _:
            return "input"


def _use_native_dates(widget: widgets.Widget) -> None:
    """Let the browser's own date pickers serve date widgets that were left as plain text."""
    if isinstance(widget, widgets.DateTimeInput):
        native, shape = "datetime-local", "%Y-%m-%dT%H:%M"
    elif isinstance(widget, widgets.DateInput):
        native, shape = "date", "%Y-%m-%d"
    elif isinstance(widget, widgets.TimeInput):
        native, shape = "time", "%H:%M"
    else:
        return
    if widget.input_type == "text":
        widget.input_type, widget.format = native, shape


def _choices(bound: BoundField, kind: str) -> tuple[Choice, ...]:
    """The choices of radio buttons or tick boxes, each with its own id."""
    if kind not in {"radios", "checks"}:
        return ()
    return tuple(
        Choice(
            id=str(sub.data["attrs"].get("id", "")),
            value="" if sub.data["value"] is None else str(sub.data["value"]),
            label=sub.data["label"],
            is_chosen=bool(sub.data["selected"]),
        )
        for sub in bound.subwidgets
        if str(sub.data["value"]) or not bound.field.required
    )


def anchor(bound: BoundField) -> str:
    """Where an error summary leads: to the box, or the first of several."""
    if bound.is_hidden:
        return ""
    many = isinstance(bound.field.widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple)
    return f"#{bound.auto_id}_0" if many else f"#{bound.auto_id}"


def problems(bound: BoundField) -> tuple[str, ...]:
    """What is wrong with a field, in sentences that say which field is meant."""
    found = bound.form.errors.as_data().get(bound.name, ()) if bound.errors else ()
    if [error.code for error in found] != ["required"]:
        return tuple(str(error) for error in bound.errors)
    if isinstance(bound.field.widget, widgets.Select | widgets.RadioSelect):
        return (_("请选择“%(label)s”。") % {"label": bound.label},)
    if isinstance(bound.field.widget, widgets.CheckboxInput):
        return (_("请勾选“%(label)s”。") % {"label": bound.label},)
    return (_("请填写“%(label)s”。") % {"label": bound.label},)


def drawn(bound: BoundField, *, hint: Said = "", label: Said = "", size: str = "") -> DrawnField:
    """A bound field as the component draws it; `hint` and `label` replace the form's own."""
    widget = bound.field.widget
    kind = _kind(widget)
    _use_native_dates(widget)
    own_hint: Said = hint or bound.help_text
    errors = problems(bound)
    describing = [f"{bound.auto_id}-hint"] if own_hint else []
    describing += [f"{bound.auto_id}-error"] if errors else []
    box = SafeString("")
    if kind in {"input", "textarea", "select", "check"}:
        attrs: dict[str, Any] = {
            "class": f"{_BOX_CLASSES.get(kind, 'form-control')}{' is-invalid' if errors else ''}"
        }
        if describing:
            attrs["aria-describedby"] = " ".join(describing)
        if kind == "textarea":
            attrs.setdefault(
                "rows", widget.attrs.get("rows", "4") if widget.attrs.get("rows") != "10" else "4"
            )
        box = (
            _select(bound, attrs) if kind == "select" else mark_safe(bound.as_widget(attrs=attrs))  # noqa: S308 - Django's own widget rendering
        )
    return DrawnField(
        kind=kind,
        id=bound.auto_id,
        name=bound.html_name,
        label=label or bound.label or "",
        hint=own_hint,
        errors=errors,
        is_required=bound.field.required,
        size=size,
        described_by=" ".join(describing),
        box=box,
        choices=_choices(bound, kind),
        choice_type="radio" if kind == "radios" else "checkbox",
        accept=str(widget.attrs.get("accept", "")),
        capture=str(widget.attrs.get("capture", "")),
        takes_many=bool(getattr(widget, "allow_multiple_selected", False)),
        is_chosen=kind == "check" and bool(bound.value()),
        is_disabled=bound.field.disabled,
        shown_when=getattr(bound.field, "shown_when", SafeString("")),
        row=getattr(bound.field, "row", None),
        waiting=_waiting(bound),
    )


def _waiting(bound: BoundField) -> tuple[Waiting, ...]:
    """The files that came with a form that is shown again: they wait for it, and need not be chosen twice."""
    if not bound.form.is_bound or not isinstance(bound.field.widget, MultipleFiles):
        return ()
    return tuple(waiting.keep(bound.data)) if bound.data else ()


def _select(bound: BoundField, attrs: Mapping[str, Any]) -> SafeString:
    """A list to choose from, drawn without a template or a context for each option: some have hundreds."""
    widget = cast(widgets.Select, bound.field.widget)
    chosen = set(widget.format_value(bound.value()))
    given = widget.build_attrs(widget.attrs, bound.build_widget_attrs({"id": bound.auto_id, **attrs}))
    inside = []
    for value, label in widget.choices:
        if isinstance(label, list | tuple):
            options = "".join(_option(v, words, chosen) for v, words in label)
            inside.append(f'<optgroup label="{escaped(value)}">{options}</optgroup>')
        else:
            inside.append(_option(value, label, chosen))
    opening = flatatt({"name": bound.html_name, **given})
    return mark_safe(f"<select{opening}>{''.join(inside)}</select>")  # noqa: S308 - every part is escaped


def _option(value: object, label: object, chosen: Container[str]) -> str:
    text = "" if value is None else str(value)
    mark = " selected" if text in chosen else ""
    return f'<option value="{escaped(text)}"{mark}>{escaped(label)}</option>'


def rows(
    form: BaseForm, only: Iterable[str] = (), skip: Iterable[str] = ()
) -> list[tuple[Row | None, list[DrawnField]]]:
    """The visible fields of a form in their order, those of a repeating group row by row."""
    wanted, unwanted = set(only), set(skip)
    shown = [
        drawn(bound)
        for bound in form.visible_fields()
        if bound.name not in unwanted and (not wanted or bound.name in wanted)
    ]
    return [(row, list(inside)) for row, inside in groupby(shown, key=lambda field: field.row)]


def hidden(form: BaseForm, skip: Iterable[str] = ()) -> tuple[SafeString, ...]:
    """The hidden boxes of a form."""
    unwanted = set(skip)
    return tuple(
        SafeString(bound.as_widget()) for bound in form.hidden_fields() if bound.name not in unwanted
    )


def summary(
    form: BaseForm | None, findings: Sequence[Finding], pages: Mapping[str, str] = {}
) -> tuple[ErrorLine, ...]:
    """Everything wrong: the findings given, the form's own errors, then each field's. `pages`: where else a field is asked."""
    lines = [
        ErrorLine(f.sentence, pages.get(f.field.split(".")[0]) or _place(form, f.field), f.law)
        for f in findings
    ]
    if form is not None and form.is_bound:
        lines += [ErrorLine(str(error), "") for error in form.non_field_errors()]
        lines += [ErrorLine(error, anchor(bound)) for bound in form for error in problems(bound)]
    return tuple(lines)


def _place(form: BaseForm | None, name: str) -> str:
    """The anchor of a finding's field, if the form has it."""
    return anchor(form[name]) if form is not None and name in form.fields else ""

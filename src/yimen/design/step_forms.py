"""Forms made from a procedure's declared fields, so that a step and its form cannot differ.

A form checks shape for the person typing; the door checks it again for everyone (`matters.inputs`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from yimen.kernel.papers import waiting
from yimen.kernel.procedure.language import MOST_NUMBER, Field, Step

Choices = Sequence[tuple[str, str]]


class MultipleFiles(forms.ClearableFileInput):
    """A file input that takes several files, those included that wait since the form was sent before."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What waits under the names the form gives, then what was chosen now."""
        chosen = super().value_from_datadict(data, files, name)
        waited = waiting.given_back(_tokens(data, name)) if hasattr(data, "getlist") else []
        return [*waited, *(chosen if isinstance(chosen, list) else [chosen] if chosen else [])]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether nothing was chosen and nothing waits."""
        return name not in files and waiting_box(name) not in data


_WAITING = "-waiting"


def waiting_box(name: str) -> str:
    """The name of the boxes that keep a field's files, one for each."""
    return f"{name}{_WAITING}"


def _tokens(data: Any, name: str) -> list[str]:
    """What a field's files wait under. A form brings no more that waited than it could bring itself: they are read into memory."""
    every = sum(len(data.getlist(key)) for key in data if key.endswith(_WAITING))
    return data.getlist(waiting_box(name)) if every <= settings.DATA_UPLOAD_MAX_NUMBER_FILES else []


MOST_FILES = 6


class FilesField(forms.FileField):
    """Zero or more uploads, at most `most`; cleans to a list."""

    most = MOST_FILES
    widget = MultipleFiles(attrs={"accept": "image/*,application/pdf,video/mp4"})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each upload by itself; what it really is, the paper store judges."""
        uploads = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not uploads:
            raise forms.ValidationError(self.error_messages["required"])
        if len(uploads) > self.most:
            raise forms.ValidationError(_("一次最多 %(most)s 个文件。") % {"most": self.most})
        return [forms.FileField.clean(self, each, initial) for each in uploads]


def _field(field: Field, options: Mapping[str, Choices]) -> forms.Field:
    common: dict[str, Any] = {
        "label": str(field.label),
        "required": field.required,
        "help_text": str(field.hint) if field.hint else "",
    }
    match field.kind:
        case "choice":
            listed = [(code, str(text)) for code, text in field.choices]
            return forms.ChoiceField(
                choices=listed if field.required else [("", "—"), *listed],
                widget=forms.RadioSelect if field.required and len(listed) < 6 else forms.Select,
                **common,
            )
        case "organ" | "post" | "person" | "class":
            return forms.ChoiceField(choices=[("", _("请选择")), *options.get(field.kind, ())], **common)
        case "longtext":
            return forms.CharField(
                max_length=field.max_length, widget=forms.Textarea(attrs={"rows": 3}), **common
            )
        case "matter":
            return forms.CharField(max_length=40, **common)
        case "files":
            return FilesField(**common)
        case "date":
            return forms.DateField(**common)
        case "number":
            return forms.IntegerField(min_value=1, max_value=MOST_NUMBER, **common)
        case "bool":
            return forms.BooleanField(**common)
        case _:
            return forms.CharField(max_length=field.max_length, **common)


def step_form(step: Step, options: Mapping[str, Choices] | None = None) -> type[forms.Form]:
    """A form class with one field for each declared field, except points (the map gives those).

    `options` gives the choices of fields of kind organ, post, person and class as (code, words).
    """
    declared = {f.code: _field(f, options or {}) for f in step.fields if f.kind != "point"}
    declared["revision"] = forms.IntegerField(widget=forms.HiddenInput, required=False)
    return type("StepForm", (forms.Form,), declared)

"""A list to choose from is drawn as Django's own template would draw it."""

from typing import Any

import pytest
from django import forms
from django.test import SimpleTestCase

from yimen.design.fields import drawn, summary

CHOICES: list[Any] = [("", "—"), ("a", "甲"), ("b", '<乙> & "丙"'), ("组", [("c", "丁"), (4, "戊")])]


class _Form(forms.Form):
    choice = forms.ChoiceField(choices=CHOICES, required=False, help_text="选一个")
    needed = forms.ChoiceField(choices=CHOICES[1:])
    blank_first = forms.ChoiceField(choices=CHOICES)
    fixed = forms.TypedChoiceField(choices=CHOICES, disabled=True, initial="b", coerce=str)


@pytest.mark.parametrize("data", [None, {"choice": "b", "needed": "4"}, {"choice": "<x>", "needed": ""}])
@pytest.mark.parametrize("name", list(_Form.base_fields))
def test_a_select_is_drawn_as_django_would(name: str, data: dict[str, str] | None) -> None:
    form = _Form(data)
    found = drawn(form[name])
    attrs = {"class": "form-select is-invalid" if found.errors else "form-select"}
    if found.described_by:
        attrs["aria-describedby"] = found.described_by
    SimpleTestCase().assertHTMLEqual(found.box, form[name].as_widget(attrs=attrs))


class _Picking(forms.Form):
    one = forms.ChoiceField(choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    several = forms.MultipleChoiceField(
        choices=[("a", "甲"), ("b", "乙")], widget=forms.CheckboxSelectMultiple
    )


def test_several_choices_are_tick_boxes_and_keep_all_that_were_chosen() -> None:
    form = _Picking({"one": "a", "several": ["a", "b"]})
    one, several = drawn(form["one"]), drawn(form["several"])
    assert (one.kind, one.choice_type) == ("radios", "radio")
    assert (several.kind, several.choice_type) == ("checks", "checkbox")
    assert [choice.is_chosen for choice in several.choices] == [True, True]


class _Asking(forms.Form):
    name = forms.CharField(label="姓名")
    kind = forms.ChoiceField(label="类型", choices=[("a", "甲")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="同意")


def test_what_is_not_filled_in_is_named() -> None:
    form = _Asking({})
    said = [line.text for line in summary(form, ())]
    assert said == ["请填写“姓名”。", "请选择“类型”。", "请勾选“同意”。"]
    assert drawn(form["name"]).errors == ("请填写“姓名”。",)

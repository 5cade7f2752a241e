"""Form controls written without Django's templates are the very same HTML."""

import re
from datetime import date
from itertools import product

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from xitun.lib.widgets import QUICK

CHOICES = [
    ("", "---"),
    ("a&b", "<b>甲</b>"),
    (gettext_lazy("Group"), [(1, gettext_lazy("Name")), ('"2"', 2000)]),
    ("safe", mark_safe("<i>i</i>")),
]
VALUES = [None, "", "a&b", '<script>"', 1, date(2026, 9, 30), mark_safe("&amp;"), ["1", "safe"]]
ATTRS = {"class": "form-control x", "id": "id_f", "required": True, "disabled": False, "data-x": '<"&', "rows": 3}


@pytest.mark.parametrize(
    "widget",
    [
        forms.TextInput(), forms.NumberInput(), forms.EmailInput(), forms.PasswordInput(render_value=True),
        forms.HiddenInput(), forms.DateInput(), forms.TimeInput(), forms.DateTimeInput(), forms.FileInput(),
        forms.ClearableFileInput(), forms.Textarea(), forms.CheckboxInput(), forms.URLInput(),
        forms.Select(choices=CHOICES), forms.SelectMultiple(choices=CHOICES), forms.NullBooleanSelect(),
        forms.RadioSelect(choices=CHOICES), forms.CheckboxSelectMultiple(choices=CHOICES), forms.MultipleHiddenInput(),
        forms.SelectDateWidget(years=[2026]),
    ],
    ids=lambda widget: type(widget).__name__,
)  # fmt: skip
def test_it_writes_what_django_writes(widget):
    for value, attrs in product(VALUES, ({}, ATTRS)):
        same_as_django(widget, value, attrs)


def same_as_django(widget, value, attrs):
    if isinstance(widget, forms.MultipleHiddenInput):
        value = [value]
    if isinstance(widget, forms.NullBooleanSelect):
        value = bool(value)
    theirs = widget.render("f<", value, attrs, renderer=DjangoTemplates())
    assert without_breaks(widget.render("f<", value, attrs, renderer=QUICK)) == without_breaks(theirs)


def without_breaks(html):
    return re.sub(r"\s*([<>])\s*", r"\1", html)


@pytest.mark.parametrize("widget", [forms.RadioSelect, forms.CheckboxSelectMultiple])
def test_it_writes_each_of_several_buttons_as_django_does(widget, monkeypatch):
    """As chips: the label is drawn around it by our own template."""

    def drawn(renderer):
        asked = forms.Form(renderer=renderer)
        asked.fields["f"] = forms.MultipleChoiceField(choices=CHOICES, widget=widget, initial=["a&b", 1])
        return [(option.tag(), option.choice_label) for option in asked["f"].subwidgets]

    theirs = drawn(DjangoTemplates())
    monkeypatch.setattr(DjangoTemplates, "get_template", None)
    assert [(without_breaks(tag), label) for tag, label in drawn(QUICK)] == [
        (without_breaks(tag), label) for tag, label in theirs
    ]


def test_it_needs_no_template_an_option(monkeypatch):
    monkeypatch.setattr(DjangoTemplates, "get_template", None)
    widget = forms.Select(choices=[(n, f"第{n}支部") for n in range(3)])
    assert widget.render("f", 2, renderer=QUICK).count("<option") == 3

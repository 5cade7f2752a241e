"""Samples for the living page of components (templates/design/index.html); no other page loads this."""

import json
from datetime import timedelta

from django import forms, template
from django.utils.translation import gettext_lazy as _

from xitun.lib.dates import today

register = template.Library()

WAYS = [("phone", _("Phone")), ("wechat", _("WeChat")), ("qq", "QQ"), ("visit", _("In person"))]


class SampleForm(forms.Form):
    """One field of every kind, sent without the required ones so that errors show."""

    way = forms.ChoiceField(label=_("How were they reached?"), choices=WAYS, widget=forms.RadioSelect)
    topics = forms.MultipleChoiceField(
        label=_("Topics"), choices=WAYS, required=False, widget=forms.CheckboxSelectMultiple, initial=["wechat"]
    )
    happened_on = forms.DateField(label=_("Date"), initial=today)
    note = forms.CharField(
        label=_("Work and life"),
        widget=forms.Textarea,
        help_text=_("Topics and needs only, never an opinion of a person."),
    )
    place = forms.ChoiceField(label=_("Where"), choices=WAYS, required=False)
    photo = forms.FileField(label=_("Photo"), required=False)
    agreed = forms.BooleanField(label=_("The person agreed to this entry"), required=False)


class SampleFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    way = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *WAYS], required=False)


@register.simple_tag
def sample_form():
    return SampleForm({"sample-happened_on": today().isoformat(), "sample-topics": ["wechat"]}, prefix="sample")


@register.simple_tag
def sample_filter():
    return SampleFilter(prefix="filter")


@register.simple_tag
def in_days(number):
    """The date that many days from today."""
    return today() + timedelta(days=number)


@register.simple_tag
def sample_past():
    """A list looked at as of a day, as projects.past.Past has it."""
    return {"day": today() - timedelta(days=80), "known": today() - timedelta(days=40)}


@register.simple_block_tag
def sample(content):
    """``{% sample as items %}[{"label": …}]{% endsample %}``: what a component takes, written where it is shown."""
    return json.loads(content)

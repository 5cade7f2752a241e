"""Forms of what is told: quiet for a while, a nudge, channels, the hours of the town, one's own e-mail."""

from datetime import time

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from members.access import MANAGE
from members.models import Unit
from xitun.lib.dates import today
from xitun.lib.forms import TypedDateField

from .models import Channel
from .outbox import digest


class SnoozeForm(forms.Form):
    until = TypedDateField(label=_("quiet until"))
    reason = forms.CharField(label=_("reason"), max_length=200)


class NudgeForm(forms.Form):
    """Nothing to enter: what was shown comes back, so that nothing else goes out."""

    seen = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)


class ChannelForm(forms.Form):
    """A channel of a town or branch. Of one that is there, unit and kind stay, and an empty address leaves it."""

    unit = forms.ModelChoiceField(label=_("unit"), queryset=Unit.objects.none())
    kind = forms.ChoiceField(label=_("kind"), choices=Channel.Kind, widget=forms.RadioSelect)
    address = forms.CharField(
        label=_("address to send to"),
        max_length=300,
        help_text=_("E-mail: the address. WeCom: the webhook address that the group shows for its robot."),
    )
    language = forms.ChoiceField(label=_("language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    is_on = forms.BooleanField(label=_("in use"), required=False, initial=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, channel=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = settings.LANGUAGE_CODE
        if channel:
            del self.fields["unit"], self.fields["kind"]
            self.fields["address"].required = False
            self.fields["address"].help_text = _("Now %(address)s. Leave it empty to keep it.") % {
                "address": channel.masked
            }
            self.initial = {"language": channel.language, "is_on": channel.is_on, "version": channel.version}
        else:
            units = Unit.objects.writable_by(user, MANAGE).current(today())
            self.fields["unit"].queryset = units.filter(kind__in=(Unit.Kind.TOWN, Unit.Kind.BRANCH))


class HoursForm(forms.Form):
    begins = forms.TimeField(label=_("quiet from"), initial=time(21), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(label=_("quiet to"), initial=time(7, 30), widget=forms.TimeInput(attrs={"type": "time"}))
    rest_days = forms.BooleanField(label=_("quiet on rest days too"), required=False)
    how_often = forms.ChoiceField(
        label=_("state of the town"),
        choices=((digest.WEEKLY, _("weekly")), (digest.DAILY, _("daily")), (digest.OFF, _("not at all"))),
        widget=forms.RadioSelect,
    )


class OwnEmailForm(forms.Form):
    address = forms.EmailField(label=_("e-mail"), max_length=200)
    is_on = forms.BooleanField(label=_("send me reminders there"), required=False, initial=True)

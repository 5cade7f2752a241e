"""Forms of the acts on an enrolment that already stands: regularise, end, name the helper."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xitun.lib.dates import today
from xitun.lib.forms import PastDateField

from .actions.categories import EVIDENCE_DAYS
from .actions.helping import possible_helpers
from .forms import EvidenceField
from .models import Category, Status, User
from .models.enrolments import RESTRICTED_CATEGORIES


class RegulariseForm(forms.Form):
    """The days this category asks for, as far as they are known; none is required, since they may come one by one. For
    a proposal that waits, and for help and education, also what it rests on; for one carried over a remark."""

    evidence = EvidenceField()
    consent_on = PastDateField(label=gettext_lazy("Consented on"), required=False)
    notified_on = PastDateField(label=gettext_lazy("Notified on"), required=False)
    heard_on = PastDateField(label=gettext_lazy("Heard on"), required=False)
    reason = forms.CharField(label=gettext_lazy("Remark"), max_length=200, required=False)

    def __init__(self, *args, enrolment, **kwargs):
        super().__init__(*args, **kwargs)
        proposed, facts = enrolment.status == Status.PROPOSED, enrolment.category == Category.BACKWARD
        if proposed:
            del self.fields["reason"]
        if facts:
            self.fields["evidence"].ask_for_facts()
        elif not proposed:
            del self.fields["evidence"]
        asked = EVIDENCE_DAYS.get(enrolment.category, ())
        for name in {"consent_on", "notified_on", "heard_on"} - set(asked):
            del self.fields[name]
        self.initial |= {name: getattr(enrolment, name) for name in (*asked, "evidence")}


class ComeHomeForm(forms.Form):
    """The homecoming, and which category should follow; the restricted ones are proposed on their own page."""

    on = PastDateField(label=gettext_lazy("Home since"), initial=today)
    reason = forms.CharField(label=gettext_lazy("What is known"), max_length=200)
    category = forms.ChoiceField(
        label=gettext_lazy("Propose as next category"),
        required=False,
        help_text=gettext_lazy("The town decides. It can also be proposed later."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        hidden = (Category.MOBILE, *RESTRICTED_CATEGORIES)
        self.fields["category"].choices = [
            ("", _("Propose later")),
            *(c for c in Category.choices if c[0] not in hidden),
        ]


class ProposeExitForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, help_text=gettext_lazy("What has changed? The town reads it.")
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, help_text=gettext_lazy("It stays in the file; the town reads it.")
    )


class DecideExitForm(forms.Form):
    """The town's word on a proposed end: it ends for the branch's reason, or stays for a reason of the town's own."""

    decision = forms.ChoiceField(
        choices=[("end", gettext_lazy("End the category")), ("keep", gettext_lazy("Keep it"))],
        widget=forms.HiddenInput,
    )
    on = PastDateField(label=gettext_lazy("Ends on"), initial=today, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Needed when it stays: the branch reads why."),
    )

    def clean(self):
        data = super().clean()
        if data.get("decision") == "keep" and not data.get("reason", "").strip():
            self.add_error("reason", _("Say why it should stay."))
        return data


class HelperForm(forms.Form):
    """Who of those that write here helps this person."""

    helper = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Helper"),
        required=False,
        empty_label=gettext_lazy("Nobody by name: the branch secretary"),
    )

    def __init__(self, *args, enrolment, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["helper"].queryset = possible_helpers(enrolment)
        self.initial["helper"] = enrolment.helper_id

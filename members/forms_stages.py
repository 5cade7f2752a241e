"""Forms of a change of standing by a decision: the next stage, or off the roll."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xitun.lib.dates import today
from xitun.lib.forms import PastDateField

from .actions.stages import NEXT, WAYS_OUT
from .models import PostHolding, Standing
from .models.people import CANDIDATE_STANDINGS


class NextStageForm(forms.Form):
    """The stage that follows a person's standing, and from when."""

    standing = forms.CharField(widget=forms.HiddenInput, max_length=12)  # the stage that the page offered
    on = PastDateField(initial=today)
    reason = forms.CharField(
        label=gettext_lazy("What the decision rests on"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example: minutes of the branch committee, filed with the town."),
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.stage = Standing(NEXT[person.standing])
        self.fields["standing"].initial = self.stage
        votes = self.stage == Standing.PROBATIONARY
        self.fields["on"].label = _("Day of the branch's vote") if votes else _("Determined on")


class OffTheRollForm(forms.Form):
    """Which decision, of which day, by which paper, and which posts are left with it."""

    cause = forms.ChoiceField(label=gettext_lazy("What was decided"), widget=forms.RadioSelect)
    on = PastDateField(label=gettext_lazy("In force since"), initial=today)
    document = forms.CharField(
        label=gettext_lazy("Number of the document"),
        max_length=60,
        help_text=gettext_lazy("As it stands on the decision or approval; without one, the minutes it is in."),
    )
    document_on = PastDateField(label=gettext_lazy("Day of the document"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, help_text=gettext_lazy("Facts, as the document says them.")
    )
    posts = forms.ModelMultipleChoiceField(
        PostHolding.objects.none(),
        label=gettext_lazy("Posts that are left with it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A post of the village that was given by election goes on unless it was left."),
    )

    def __init__(self, *args, person, posts, **kwargs):
        super().__init__(*args, auto_id="off_%s", **kwargs)
        self.fields["cause"].choices = [(cause.value, capfirst(cause.label)) for cause in WAYS_OUT[person.standing]]
        if len(self.fields["cause"].choices) == 1:
            self.fields["cause"].initial = self.fields["cause"].choices[0][0]
        self.fields["posts"].queryset = posts
        self.fields["posts"].label_from_instance = lambda row: row.title
        if person.standing not in CANDIDATE_STANDINGS:
            self.initial.setdefault("posts", posts)
        if not posts:
            del self.fields["posts"]

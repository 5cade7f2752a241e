"""The one record form of all rooms, made from what the room declares: the columns of the kind's own model, the spine's
date and free text, whom else it concerns, and which open dues it settles."""

from collections import Counter
from functools import cache
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Enrolment, Person
from xitun.lib.conflicts import part_of
from xitun.lib.dates import today
from xitun.lib.forms import PastDateField, TypedDateField

from . import registry
from .actions import Entry, has_begun
from .forms_papers import STALE, PapersForm
from .models import Due, Record
from .occasions import about
from .shared import Method
from .words import due_name, narrative_label
from .workflow import Subject

CHIPS = 6  # up to so many choices stand open as chips; more make a list
LONG_TEXT = 150  # a text column longer than this gets a box of several lines
USUAL = {"method": Method.PHONE}  # answered beforehand: one tap less; nothing else is, a preset must not decide
NOT_BY_HAND = ("", "link")  # what the program writes when the host organisation answers by itself
MANY_PEOPLE = 300  # of one branch in one project
NO_RECORD = gettext_lazy("There is no such record in this branch.")


@cache
def detail_form(kind_code):
    """ModelForm class of the columns a kind ("joint.follow_up") declares, in their order; None when it has none."""
    model = registry.detail_model(kind_code)
    if model is None:
        return None
    _project, kind = registry.kinds()[kind_code]
    return forms.modelform_factory(model, fields=kind.fields, formfield_callback=_control)


def _control(column, **kwargs):
    """The form field of a detail column: few choices as chips, dates as typed, long texts in a larger box."""
    if column.choices:
        return _choice(column, **kwargs)
    if column.is_relation:  # a record that is foreign answers like one that is not there
        kwargs["error_messages"] = {"invalid_choice": NO_RECORD}
    if isinstance(column, models.DateField):
        kwargs |= {"form_class": TypedDateField} | ({} if column.blank or column.has_default() else {"initial": today})
    elif isinstance(column, models.CharField) and (column.max_length or 0) > LONG_TEXT:
        kwargs["widget"] = forms.Textarea(attrs={"rows": 2})
    return column.formfield(**kwargs)


def _choice(column, **kwargs):
    options = [option for option in column.flatchoices if option[0] not in NOT_BY_HAND]
    if len(options) > CHIPS:
        return column.formfield(**kwargs)
    if column.name in USUAL:
        kwargs["initial"] = USUAL[column.name]
    field = column.formfield(widget=forms.RadioSelect, **kwargs)
    field.choices = options
    return field


class SpineForm(PapersForm):
    """What every record has. `entry()` is what `actions.save_record` takes."""

    narrative = forms.CharField(required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    happened_on = PastDateField(label=gettext_lazy("Date"), initial=today)
    dues = forms.MultipleChoiceField(
        label=gettext_lazy("This settles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": gettext_lazy("One of these was settled meanwhile. Look at what is ticked now.")
        },
    )
    template = ""  # what a room's own part of the form is drawn with
    together = forms.MultipleChoiceField(
        label=gettext_lazy("Who else took part"), required=False, widget=forms.CheckboxSelectMultiple
    )
    submission_id = forms.UUIDField(
        widget=forms.HiddenInput, initial=uuid4, error_messages={"required": STALE, "invalid": STALE}
    )

    def __init__(self, *args, target, user, due=None, asked=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.target, self.user, self.asked_due, self.others = target, user, due, {}
        self.asked = asked or {}  # what the address says besides: the person one came from, the meeting
        kind = target.kind
        if not self.is_bound and target.person:
            self.initial = self._as_last() | self._as_known() | self.initial
        self.fields["narrative"].label = narrative_label(target.kind_code)
        self.fields["narrative"].required = kind.prompt_required
        self._offer("dues", [(str(d.pk), due_name(d)) for d in self.open_dues], self._usual_dues())
        others, ticked = self._people() if kind.people else self._others(), [self.asked.get("person")]
        self._offer("together", others, self._usual_others() if kind.everyone else ticked)
        if kind.people and "together" in self.fields:
            self.fields["together"].label, self.fields["together"].required = _("With whom"), True

    def _as_last(self):
        """{column: value} of what is carried over from the person's last record of this kind. One query, if any."""
        if not self.target.kind.carried:
            return {}
        seen = Record.objects.visible_to(self.user).unsealed_for(self.user).live()
        theirs = seen.filter(kind=self.target.kind_code, subjects__person=self.target.person)
        details = registry.detail_model(self.target.kind_code).objects.filter(record__in=theirs)
        last = details.order_by("-record__happened_on", "-record").values(*self.target.kind.carried)
        return last.first() or {}

    def _as_known(self):
        """{column: value} of what the room knows from elsewhere (`Kind.known`)."""
        kind, enrolment = self.target.kind, self.target.enrolment
        return getattr(registry.rules(self.target.project.code), kind.known)(enrolment, self.user) if kind.known else {}

    kept = None  # what a draft holds

    def take_up(self, kept):
        """Show in the unsent form what a draft holds (a QueryDict); what cannot be read of it is left out."""
        self.kept = kept
        for name, field in self.fields.items():
            if not field.widget.needs_multipart_form and (name != "submission_id" or kept.get(name)):
                self.initial[name] = field.widget.value_from_datadict(kept, {}, name)

    @property
    def said(self):
        """What was sent, or kept as a draft; None in a form that nobody has begun."""
        return self.data if self.is_bound else self.kept

    def _offer(self, name, choices, initial=()):
        self.fields[name].choices, self.fields[name].initial = choices, initial
        if not choices and not self.is_bound:
            del self.fields[name]

    @cached_property
    def open_dues(self):
        """Open dues of this subject that a record of this kind settles, the earliest first."""
        rows = self._settled_by_kind().filter(self.target.due_lookup())
        return list(rows.annotate(about=about()).order_by("due_on", "pk"))

    def _settled_by_kind(self):
        duties = registry.duties_discharged_by(self.target.kind_code)
        return Due.objects.writable_by(self.user).open().filter(duty__in=duties)

    def _usual_dues(self):
        """Ticked from the start: the due one came for and those of the same time; without one, those that run now, or
        the only occasion there is."""
        asked = next((due for due in self.open_dues if str(due.pk) == self.asked_due), None)
        first, last = (asked.opens_on, asked.due_on) if asked else (today(), today())
        return [
            str(due.pk)
            for due in self.open_dues
            if due == asked
            or (due.opens_on <= last and first <= due.due_on and not due.is_occasional and self._is_usual(due))
            or (due.is_occasional and len(self.open_dues) == 1)
        ]

    def _is_usual(self, due):
        """What a branch owes and is settled by other kinds besides (a lecture held on a theme day) says the person."""
        _project, duty = registry.duties()[due.duty]
        return duty.subject is not Subject.UNIT or duty.kinds[0] == self.target.kind.code

    def _people(self):
        """[(person id, name)] of the branch, for a kind that asks for no enrolment."""
        rows = Person.objects.writable_by(self.user).on_roll().filter(path__startswith=self.target.unit.path)
        self.others = {str(row.pk): row for row in rows.defer("id_number").order_by("pinyin", "pk")}
        names = Counter(row.name for row in self.others.values())
        return [(pk, _name_among(names, row)) for pk, row in self.others.items()]

    def _others(self):
        """[(enrolment id, name)] of the others of the same branch in the project; who owes the same stands first."""
        if not (self.target.kind.several and self.target.enrolment):
            return []
        rows = Enrolment.objects.writable_by(self.user).live().exclude(pk=self.target.enrolment.pk)
        rows = rows.filter(category=self.target.project.category, unit=self.target.unit)
        self.others = {str(r.pk): r for r in rows.select_related("person").order_by("person__pinyin")[:MANY_PEOPLE]}
        owed = {}
        for due in self._settled_of_others:
            owed.setdefault(str(due.enrolment_id), []).append(due_name(due))
        ordered = sorted(self.others.items(), key=lambda item: item[0] not in owed)
        if owed:
            self.fields["together"].help_text = _("What stands beside a name is settled as well when it is ticked.")
        return [(pk, " · ".join((row.person.name, *owed.get(pk, ())))) for pk, row in ordered]

    def _usual_others(self):
        return sorted({str(due.enrolment_id) for due in self._settled_of_others})

    @property
    def own_fields(self):
        """What is written down; what it settles, who else took part and papers stand apart on the page, and so does the
        day, which is usually today; where a roll hangs on it, it stands first."""
        apart = ("dues", "together", "photos", "files") + (() if self.target.kind.rows else ("happened_on",))
        return [field for field in self.visible_fields() if field.name not in apart]

    def parts(self):
        """{name: Part} of what it says, beside another version of the same record. Papers stay with the record."""
        apart = ("photos", "files", "reason")
        parts = {field.name: part_of(field) for field in self.visible_fields() if field.name not in apart}
        if "reached" in parts and parts["reached"].value is False:
            parts.pop("dues", None)  # see `clean`
        return parts

    @cached_property
    def turns(self):
        return {(due.duty, due.occasion) for due in self.open_dues}

    @property
    def _settled_of_others(self):
        """Those that saving settles as the page stands: of the turns that are ticked for the person one came for."""
        sent = self.fields["dues"].widget.value_from_datadict if self.is_bound else None
        ticked = sent(self.data, self.files, self.add_prefix("dues")) or () if sent else self._usual_dues()
        turns = {(due.duty, due.occasion) for due in self.open_dues if str(due.pk) in ticked}
        return [due for due in self._dues_of_others if not self.turns or (due.duty, due.occasion) in turns]

    @cached_property
    def _dues_of_others(self):
        """Open dues of the others for the same duty and turn as those of the person one came for; where that one owes
        nothing, those that run now."""
        if not self.others:
            return []
        rows = self._settled_by_kind().filter(enrolment__in=list(self.others.values())).order_by("due_on", "pk")
        if self.turns:
            return [due for due in rows if (due.duty, due.occasion) in self.turns]
        return [due for due in rows if due.opens_on <= today() <= due.due_on and not due.is_occasional]

    def clean_happened_on(self):
        day = self.cleaned_data["happened_on"]
        if day and day.year < 1990:
            raise ValidationError(_("This date is too long ago for a record of this system."))
        return day

    def clean(self):
        data = super().clean()
        if data.get("reached") is False:
            data["dues"] = []  # a try that reached nobody is worth writing down, but settles nothing (DOMAIN 2.3)
        return data

    def entry(self):
        data, target = self.cleaned_data, self.target
        others = [self.others[pk] for pk in data.get("together", [])]
        return Entry(
            kind=target.kind_code,
            unit=target.unit,
            happened_on=data["happened_on"],
            submission_id=data["submission_id"],
            enrolments=(target.enrolment, *others) if target.enrolment else (),
            people=tuple(others) if target.kind.people else (),
            post=target.post,
            narrative=data["narrative"],
            detail={name: data[name] for name in target.kind.fields if name in data},
            dues=tuple(self._chosen_dues(others)),
            papers=self.papers(),
        )

    def _chosen_dues(self, others):
        chosen = [due for due in self.open_dues if str(due.pk) in self.cleaned_data.get("dues", [])]
        turns, people = {(due.duty, due.occasion) for due in chosen}, {row.pk for row in others}
        if self.cleaned_data.get("reached") is False or not others or self.target.kind.people:
            return chosen
        day = self.cleaned_data["happened_on"]
        theirs = [due for due in self._dues_of_others if due.enrolment_id in people and has_begun(due, day)]
        return chosen + [due for due in theirs if not self.turns or (due.duty, due.occasion) in turns]


@cache
def record_form(kind_code):
    """The form class of a kind: its own columns, then the spine's, and what the room adds."""
    detail, own = detail_form(kind_code), registry.form_of(kind_code)
    bases = tuple(filter(None, (own, SpineForm, detail)))
    return type(detail or SpineForm)("RecordForm", bases, {})


def _name_among(names, person):
    """With the year of birth where two have the same name, as on the roll of a meeting."""
    born = person.birth_date
    return f"{person.name} {born.year}" if names[person.name] > 1 and born else person.name


class VoidForm(forms.Form):
    """Take a record back."""

    reason = forms.CharField(label=gettext_lazy("Why is it taken back?"), max_length=200)


class AssignForm(forms.Form):
    """Who does it: somebody who writes there, or nobody by name."""

    def __init__(self, *args, choose_from, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignee"] = forms.ModelChoiceField(
            choose_from,
            label=_("Who does it"),
            required=False,
            empty_label=_("Nobody by name: the branch secretary"),
            initial=user.pk,
        )


class WaiveForm(forms.Form):
    """Decide that a due is not owed after all."""

    reason = forms.CharField(label=gettext_lazy("Why is it not owed?"), max_length=200)

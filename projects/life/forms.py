"""What the record form of organisational life has besides: the roll of the branch on the day, everybody preset as come,
so that only who did not come has to be touched. Lines are read by hand: sixty people are not sixty form fields."""

from collections import Counter
from dataclasses import dataclass, replace

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.template.defaultfilters import floatformat
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xitun.lib.conflicts import Part
from xitun.lib.dates import add_months, today

from .models import Attendance, State, Why
from .rolls import away, candidates, committee, groups, roll, stood
from .rules import meetings_missed, usual_hours

NOTE = forms.CharField(required=False, max_length=60)
NOT_OF_IT = ("not", gettext_lazy("not on it"))
INVITED = gettext_lazy("Candidates who were invited (not counted)")
MONTHS_BACK = 13  # so far back a meeting is offered to be made up for


@dataclass(frozen=True)
class Line:
    """One person on the form: `state` of State, "not" (not on the committee) or "" (to be said)."""

    person: object
    state: str
    why: str = ""
    note: str = ""
    new: bool = False  # on the roll of that day, but not on the page that was sent
    namesake: bool = False

    @property
    def name(self):
        """With the year of birth where two have the same name."""
        born = self.person.birth_date
        return f"{self.person.name} {born.year}" if self.namesake and born else self.person.name


class RollForm:
    """Mixed into the form of a meeting. `lines`: who was due to come on its day; `guests`: candidates to be invited."""

    template = "projects/life/roll.html"
    states = State.choices
    reasons = Why.choices
    with_guests = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hours"].initial = usual_hours(self.target.kind.code)

    @cached_property
    def day(self):
        """The day of the meeting as the form says it; today while it says none that makes sense."""
        try:
            said = self.fields["happened_on"].clean(self.said.get("happened_on")) if self.said is not None else None
        except ValidationError:
            said = None
        record = getattr(self, "record", None)
        return said or (record.happened_on if record else today())

    @cached_property
    def people(self):
        here = list(roll(self.target.unit, self.day))
        if self.before.keys() - {person.pk for person in here}:  # a former version speaks of somebody else
            here += stood(self.target.unit, self.day).filter(pk__in=self.before).exclude(pk__in=[p.pk for p in here])
        return here

    @cached_property
    def away(self):
        return away(self.target.unit, self.day)

    @cached_property
    def before(self):
        """{person: row} of the version that is put right."""
        record = getattr(self, "record", None)
        return {row.person_id: row for row in record.attendance.all()} if record else {}

    @cached_property
    def lines(self):
        lines = [self._preset(person) if self.said is None else self._sent(person) for person in self.people]
        names = Counter(person.name for person in self.people)
        return [replace(line, namesake=names[line.person.name] > 1) for line in lines]

    @property
    def preset_away(self):
        return 0 if self.said is not None or self.before else sum(line.why == Why.AWAY for line in self.lines)

    def _preset(self, person):
        if row := self.before.get(person.pk):
            return Line(person, row.state, row.why, row.note or "")
        if person.pk in self.away:
            return Line(person, State.LEAVE, Why.AWAY)
        return Line(person, self.usual(person))

    def usual(self, person):
        return State.PRESENT

    def _sent(self, person):
        state, why, note = (self.said.get(f"{name}_{person.pk}", "") for name in ("who", "why", "note"))
        if state not in dict(self.states):
            return replace(self._preset(person), new=True)
        return Line(person, state, why if state == State.LEAVE and why in Why.values else "", self._note(note))

    def _note(self, text):
        try:
            return NOTE.clean(text)
        except ValidationError:
            return NOTE.clean("".join(text.split("\0"))[: NOTE.max_length].strip())

    @cached_property
    def guests(self):
        """[(candidate, ticked)]."""
        if not self.with_guests:
            return []
        ticked = [str(pk) for pk in self.before] if self.said is None else self.said.getlist("guest")
        return [(person, str(person.pk) in ticked) for person in candidates(self.target.unit, self.day)]

    def parts(self):
        """Each person on the roll is a part of its own; nobody is who was not asked about yet."""
        said = [line for line in self.lines if self.is_bound or line.person.pk in self.before or line.state == "not"]
        roll = {f"who_{line.person.pk}": self._part(line) for line in said if not line.new}
        return super().parts() | roll | (_ticked("guest", INVITED, self.guests) if self.with_guests else {})

    def _part(self, line):
        value = (line.state, line.why, "" if line.state in (State.PRESENT, "not") else line.note)
        sent = {f"{name}_{line.person.pk}": [text] for name, text in zip(("who", "why", "note"), value, strict=True)}
        labels = (dict(self.states).get(line.state, ""), dict(self.reasons).get(line.why, ""), value[2])
        return Part(line.name, sent, value, " · ".join(str(label) for label in labels if label))

    def clean(self):
        data = super().clean()
        if new := [line for line in self.lines if line.new]:
            words = ngettext(
                "One more person was on the roll on that day: marked below. Look and save again.",
                "%(n)s more people were on the roll on that day: marked below. Look and save again.",
                len(new),
            )
            self.add_error(None, words % {"n": len(new)})
        return data

    def entry(self):
        hours = self.cleaned_data["hours"]
        rows = [_row(line, hours) for line in self.lines if line.state != "not"]
        rows += [_row(Line(person, State.PRESENT), hours, due=False) for person, ticked in self.guests if ticked]
        return replace(super().entry(), rows=tuple(rows))


def _row(line, hours, *, due=True):
    came = line.state == State.PRESENT
    return {
        "person_id": line.person.pk, "due": due, "state": line.state, "why": line.why,
        "note": line.note if line.note and not came else None, "hours": hours if came else 0,
    }  # fmt: skip


def _ticked(name, label, lines):
    """{name: Part} of [(person, ticked)]."""
    people = [person for person, ticked in lines if ticked]
    keys, words = sorted(str(person.pk) for person in people), _(", ").join(person.name for person in people)
    return {name: Part(label, {name: keys}, keys, words or "–")}


class CommitteeForm(RollForm):
    """Who is on the committee is preset by the posts held; whoever enters it may say otherwise."""

    states = [*State.choices, NOT_OF_IT]
    with_guests = False

    @cached_property
    def committee(self):
        return committee(self.target.unit, self.day)

    def _preset(self, person):
        if person.pk not in self.before and (self.before or person.pk not in self.committee):
            return Line(person, "not")
        return super()._preset(person)

    @cached_property
    def people(self):
        """Who is preset as on the committee stands first."""
        found = super().people
        return sorted(found, key=lambda person: person.pk not in (self.before or self.committee))

    def clean(self):
        data = super().clean()
        if self.lines and all(line.state == "not" for line in self.lines):
            self.add_error(None, _("Say who is on the committee: tick whether they came."))
        return data


class GroupForm(RollForm):
    """The meeting of one party group, which is chosen above the form. No days are kept of groups: one that is put right
    stays with its group and with who was of it then; who has joined since is not of it, unless the hand says so."""

    with_guests = False

    @property
    def states(self):
        return [*State.choices, NOT_OF_IT] if self.before else State.choices

    def _preset(self, person):
        return Line(person, "not") if self.before and person.pk not in self.before else super()._preset(person)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.groups = [self.record.projects_life_meeting.group] if self.before else groups(self.target.unit)
        self.fields["group"].widget = forms.HiddenInput()
        self.fields["group"].initial = self.group

    @cached_property
    def group(self):
        known = self.groups
        said = self.data.get("group") if self.is_bound else self.asked.get("group") or self.initial.get("group")
        return said if said in known else known[0] if known else ""

    def take_up(self, kept):
        """A draft comes back with the roll of its own group, unless another one is chosen."""
        super().take_up(kept)
        del self.group
        self.initial["group"] = self.group

    @cached_property
    def people(self):
        return [person for person in super().people if person.group == self.group or person.pk in self.before]

    def clean_group(self):
        return self.group


class MakeUpForm:
    """Who missed the meeting, to be ticked."""

    template = "projects/life/make_up.html"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["meeting"]
        field.queryset = self.offered
        field.widget, field.required = forms.HiddenInput(), True
        field.error_messages = dict.fromkeys(("required", "invalid_choice"), _("Choose the meeting first."))
        if self.missed_meeting:
            field.initial = self.missed_meeting.pk
            self.fields["hours"].initial = floatformat(self.missed_meeting.projects_life_meeting.hours)

    @cached_property
    def before(self):
        record = getattr(self, "record", None)
        return set(record.attendance.values_list("person", flat=True)) if record else set()

    @cached_property
    def offered(self):
        """The meetings of the last year that somebody missed; the one in question whatever its day, though it was
        taken back since."""
        recent, known = add_months(today(), -MONTHS_BACK), self.initial.get("meeting")
        return meetings_missed(self.user, self.target.unit, recent, known=known)

    @cached_property
    def missed_meeting(self):
        """Not `meeting`: in a template that is the field."""
        asked = self.data.get("meeting") if self.is_bound else self.asked.get("meeting")
        if not asked and self.initial.get("meeting"):
            return self.offered.filter(pk=self.initial["meeting"].pk).first()
        return self._meeting(asked)

    def _meeting(self, key):
        known = key and key.isascii() and key.isdigit() and len(key) < 19
        return self.offered.filter(pk=key).first() if known else None

    def take_up(self, kept):
        """A draft comes back with its own meeting, unless another one is chosen."""
        super().take_up(kept)
        own = self._meeting(kept.get("meeting"))
        if self.missed_meeting and self.missed_meeting != own:
            self.kept = None  # who is ticked missed another one
        self.missed_meeting = self.missed_meeting or own
        self.initial["meeting"] = self.missed_meeting and self.missed_meeting.pk

    @cached_property
    def lines(self):
        """[(person, ticked)] of who missed it and has not made up for it yet, or by this very record."""
        if not self.missed_meeting:
            return []
        ticked = [str(pk) for pk in self.before] if self.said is None else self.said.getlist("made")
        rows = self.missed_meeting.attendance.filter(due=True).exclude(state=State.PRESENT)
        if self.missed_meeting.unit_id != self.target.unit.pk:
            rows = rows.filter(Q(person__unit=self.target.unit) | Q(person__in=self.before))
        still = Attendance.objects.missed().filter(record=self.missed_meeting)
        rows = rows.filter(pk__in=still.values("pk")) | rows.filter(person__in=self.before)
        rows = rows.select_related("person").defer("person__id_number").order_by("person__pinyin", "pk")
        return [(row.person, str(row.person_id) in ticked) for row in rows]

    @property
    def asked_name(self):
        """Whose make-up one came to enter; "" when nobody's in particular."""
        asked = str(self.asked.get("person", ""))
        return next((person.name for person, _ticked in self.lines if str(person.pk) == asked), "")

    def parts(self):
        return super().parts() | _ticked("made", _("Who has made up for it"), self.lines)

    def clean(self):
        data = super().clean()
        if self.missed_meeting and not any(ticked for _person, ticked in self.lines):
            self.add_error(None, _("Tick who has made up for it."))
        return data

    def entry(self):
        hours = self.cleaned_data["hours"]
        rows = [_row(Line(person, State.PRESENT), hours) for person, ticked in self.lines if ticked]
        return replace(super().entry(), rows=tuple(rows))


class FlexibleForm:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = today().year
        if "together" in self.fields:
            self.fields["together"].label = _("For whom")

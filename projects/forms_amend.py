"""The record form once more, filled with what was written, to put it right."""

from functools import cache

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy

from members.models import Enrolment, Person

from . import registry
from .amending import unticked
from .forms import NOT_BY_HAND, record_form
from .models import Due


class AmendForm(forms.Form):
    """Mixed into the form of the kind: `record` gives the answers, its own dues and who took part stay offered."""

    def __init__(self, *args, record, **kwargs):
        self.record = record
        self.took_part = Enrolment.objects.filter(record_rows__record=record).select_related("person")
        said = written(record)
        super().__init__(*args, initial=said, **kwargs)
        keep_own_choices(self, record.kind, said)
        self.fields["reason"] = forms.CharField(
            label=gettext_lazy("Why is it put right?"), max_length=200, help_text=gettext_lazy("A word is enough.")
        )
        if "together" in self.fields:
            took_part = self._concerned if kwargs["target"].kind.people else self.took_part
            self.fields["together"].initial = [str(row.pk) for row in took_part if str(row.pk) in self.others]

    @property
    def _concerned(self):
        return Person.objects.filter(record_rows__record=self.record).defer("id_number")

    def _people(self):
        """Whoever was concerned stays to be ticked, though they have left the branch since."""
        offered = super()._people()
        gone = {str(row.pk): row for row in self._concerned if str(row.pk) not in self.others}
        self.others |= gone
        return [*((pk, row.name) for pk, row in gone.items()), *offered]

    def _settled_by_kind(self):
        duties = registry.duties_discharged_by(self.target.kind_code)
        dues = Due.objects.writable_by(self.user).filter(duty__in=duties)
        again = unticked(self.record, self.record.happened_on)
        known = Q(pk__in=Due.objects.open().values("pk")) | Q(pk__in=self._settled.values("due"))
        return dues.filter(known | Q(pk__in=again.values("pk")))

    @property
    def _settled(self):
        """What the version settles, or settled until the next one took its place."""
        return self.record.discharges.filter(undone_at=self.record.voided_at)

    def _usual_dues(self):
        settled = set(self._settled.values_list("due", flat=True))
        return [str(due.pk) for due in self.open_dues if due.pk in settled]

    def _others(self):
        """Whoever took part stays to be ticked, though they have left the branch or the project since; who stands in it
        anew, once, with the stay in which they took part."""
        offered = super()._others()
        if not (self.target.kind.several and self.target.enrolment):
            return offered
        here = self.target.enrolment.person_id
        took_part = {row.person_id: row for row in self.took_part if row.person_id != here}
        gone = {str(row.pk): row for row in took_part.values() if str(row.pk) not in self.others}
        doubles = {here, *(row.person_id for row in gone.values())}
        self.others = gone | {pk: row for pk, row in self.others.items() if row.person_id not in doubles}
        return [
            *((pk, row.person.name) for pk, row in gone.items()),
            *(one for one in offered if one[0] in self.others),
        ]


def written(record):
    """{field: value} of what a record says."""
    said = {"narrative": record.narrative, "happened_on": record.happened_on}
    _project, kind = registry.kinds()[record.kind]
    if model := registry.detail_model(record.kind):
        row = model.objects.filter(record=record).first()
        said |= {name: getattr(row, name) for name in kind.fields} if row else {}
    return said


def keep_own_choices(form, kind_code, said):
    """What a record says already stays to be chosen when it is put right, also where no hand may say it anew."""
    for name, value in said.items():
        if value and value in NOT_BY_HAND and name in form.fields:
            words = dict(registry.detail_model(kind_code)._meta.get_field(name).flatchoices)
            form.fields[name].choices = [*form.fields[name].choices, (value, words[value])]


@cache
def amend_form(kind_code):
    """The form class that puts a record of a kind right."""
    base = record_form(kind_code)
    return type(base)("RecordAmendForm", (AmendForm, base), {})

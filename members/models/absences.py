from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet
from xitun.lib.dates import today

from .dated import Dated
from .people import Person


class AbsenceQuerySet(ScopedQuerySet):
    """Goes with the person when they move to another branch."""

    scope_field = "person__path"
    own_field = "person"

    def open(self):
        return self.filter(to_date=None, superseded_at=None)

    def in_stay(self, enrolment):
        """The last one noted of this person before or in the stay; None where they were back before it."""
        rows = self.filter(person=enrolment.person_id, superseded_at=None, from_date__lte=today())
        row = rows.order_by("from_date", "pk").last()
        return row if row and (row.to_date is None or row.to_date >= enrolment.from_date) else None


class Absence(Dated):
    """Somebody who is not among the mobile lives, works or studies elsewhere, as the branch has heard: "register
    earlier" (DOMAIN 2.3). Where to is a place in words; nothing follows anybody."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="absences")
    place = models.CharField(_("where to"), max_length=80)

    objects = AbsenceQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = _("away")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(to_date__isnull=True, superseded_at__isnull=True),
                name="one_open_absence",
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.place}"

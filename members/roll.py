"""The roll: who stands on it today, or who stood on it on a day as it was known on a day, and where, as what.

Past days are read from the dated rows alone. Whom a user may see is decided by the unit where the person stood *then*.
"""

from datetime import datetime, time, timedelta

from django.db.models import CharField, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Cast

from members.access import VIEW, scope_of
from members.models import (
    AuditRow,
    BranchMembership,
    Enrolment,
    Person,
    PostHolding,
    StandingRow,
    Status,
    Unit,
)
from members.models.dated import true_on
from members.models.enrolments import NEVER_HELD
from members.models.people import PersonQuerySet
from xitun.lib.dates import SHANGHAI, Year, today


class Roll:
    """The roll as it stands: today's columns of Person."""

    past = False
    path, standing = F("path"), F("standing")

    def __init__(self):
        self.day, self._units = today(), {}

    def people(self, user, right=VIEW):
        """The people in sight, or those where `right` is held."""
        people = Person.objects
        return people.visible_to(user) if right == VIEW else people.writable_by(user, right)

    def in_unit(self, people, unit):
        return people.filter(path__startswith=unit.path)

    def standing_in(self, people, codes):
        return people.filter(standing__in=codes)

    def enrolments(self, user):
        """Enrolments in force that this user may know of: the only source of a category on a list."""
        return Enrolment.objects.visible_to(user).live()

    def places(self, rows):
        """({person: unit}, {person: standing}) of `rows` of people."""
        if new := {row.unit_id for row in rows} - self._units.keys():
            self._units |= Unit.objects.in_bulk(new)
        return {row.pk: self._units[row.unit_id] for row in rows}, {row.pk: row.standing for row in rows}


class PastRoll(Roll):
    """The roll of the day `on`; with `known`, as it was known at the end of that day."""

    past = True

    def __init__(self, on, known=None):
        self.day, self.known = on, known
        self.moment = known and datetime.combine(known + timedelta(days=1), time(), SHANGHAI)
        self._memberships = BranchMembership.objects.filter(self._held(BranchMembership))
        self._standings = StandingRow.objects.filter(self._held(StandingRow))
        own = {"person": OuterRef("pk")}
        self.path = Subquery(self._memberships.filter(**own).values("unit__path")[:1])
        self.standing = Subquery(self._standings.filter(**own).values("standing")[:1])

    def people(self, user, right=VIEW):
        scope = scope_of(user)
        stood = Q(pk__in=self._memberships.filter(scope.q(right, "unit__path")).values("person"))
        if right == VIEW and scope.person_id:
            stood |= Q(pk=scope.person_id, pk__in=self._memberships.values("person"))
        return self._files.filter(stood)

    @property
    def _files(self):
        """Those there were: also what has gone into another file since."""
        if not self.moment:
            return Person.objects.all()
        since = Q(voided_at__gte=self.moment, merged_into__isnull=False)
        return PersonQuerySet(Person).filter(Q(voided_at=None) | since)

    def in_unit(self, people, unit):
        return people.filter(pk__in=self._memberships.filter(unit__path__startswith=unit.path).values("person"))

    def standing_in(self, people, codes):
        return people.filter(pk__in=self._standings.filter(standing__in=codes).values("person"))

    def enrolments(self, user):
        return self.in_force_among(Enrolment.objects.visible_to(user))

    def in_force_among(self, rows):
        """Of these enrolments, those in force on the day."""
        return self._lasting(rows, Q(to_date=None) | Q(to_date__gt=self.day)).without_closed_cases()

    def of_the_year_among(self, rows):
        """Of these enrolments, those in force on any day of its year up to the day: of each person the last in the
        category, so that who moved, or came and went, stands there once."""
        year = Year.of(self.day).start
        lasting = Q(to_date=None) | Q(Q(to_date__gt=F("from_date")), to_date__gt=year)
        same = {"person": OuterRef("person"), "category": OuterRef("category")}
        later = self._lasting(Enrolment.objects.filter(from_date__gt=OuterRef("from_date"), **same), lasting)
        return self._lasting(rows, lasting).filter(~Exists(later)).without_closed_cases()

    def ended(self, enrolment):
        """The day since which it was over, None while it was in force."""
        unknown = self.moment and enrolment.status == Status.ENDED and enrolment.decided_at >= self.moment
        return None if unknown or not enrolment.to_date or enrolment.to_date > self.day else enrolment.to_date

    def _lasting(self, rows, lasting):
        """Those begun by the day that last as Q says, or were not known to have ended."""
        rows = rows.exclude(status__in=NEVER_HELD).filter(from_date__lte=self.day)
        if not self.moment:
            return rows.filter(lasting, superseded_at=None)
        later = self._acted_since("confirm_category", Enrolment, person=OuterRef("person"))
        ended_later = Q(status=Status.ENDED, decided_at__gte=self.moment)
        return rows.filter(self._known, lasting | ended_later, ~Exists(later))

    def posts_among(self, rows):
        """Of these posts held, those held on the day."""
        if not self.moment:
            return rows.filter(true_on(self.day))
        left_later = Exists(self._acted_since("leave_post", PostHolding))
        holder = {"unit": OuterRef("unit"), "holder_name": OuterRef("holder_name"), "superseded_at": None}
        of_copy = Q(Exists(PostHolding.objects.filter(left_later, **holder)), superseded_at__isnull=False)
        undone = AuditRow.objects.filter(act="undo_roster", person=OuterRef("person"), at=OuterRef("superseded_at"))
        open_end = Q(to_date=None) | Q(to_date__gt=self.day) | Q(left_later) | of_copy | Q(Exists(undone))
        return rows.filter(self._known, open_end, from_date__lte=self.day)

    def standings_of(self, people):
        """{person: standing}."""
        return dict(self._standings.filter(person__in=people).values_list("person", "standing"))

    def places(self, rows):
        keys = [row.pk for row in rows]
        memberships = self._memberships.filter(person__in=keys).select_related("unit")
        return {row.person_id: row.unit for row in memberships}, self.standings_of(keys)

    def _acted_since(self, act, model, **more):
        """Traces of an act on the row of `model` in the outer query, left after what is known."""
        key = Cast(OuterRef("pk"), CharField())
        return AuditRow.objects.filter(
            act=act, at__gte=self.moment, object_type=model._meta.label_lower, object_id=key, **more
        )

    @property
    def _known(self):
        """Q: rows that were there then and not yet replaced."""
        return Q(Q(superseded_at=None) | Q(superseded_at__gte=self.moment), recorded_at__lt=self.moment)

    def _held(self, model):
        """Q over the dated rows of `model` in force on the day. A row is closed by entering the next one: when that was
        entered later, nobody knew yet that it would end."""
        if not self.moment:
            return true_on(self.day)
        following = model.objects.filter(person=OuterRef("person"), from_date=OuterRef("to_date"))
        closed_later = Q(Exists(following.filter(recorded_at__gte=self.moment))) & ~Q(
            Exists(following.filter(recorded_at__lt=self.moment).exclude(pk=OuterRef("pk")))
        )
        return self._known & Q(from_date__lte=self.day) & (Q(to_date=None) | Q(to_date__gt=self.day) | closed_later)

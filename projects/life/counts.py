"""Who came how often and studied how much: computed from attendance whenever asked, stored nowhere else.

Hours of a year are the sum of what a person is credited with at meetings, study sessions and make-ups that hold, at
whichever branch."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from members.models import Category, Enrolment
from members.suggestions import ELDERLY_AGE
from projects.models import RecordSubject
from xitun.lib.dates import age_on

from .models import Attendance, State, hours_column
from .practice import STUDY_HOURS, STUDY_HOURS_LEADING
from .rolls import committee, roll


def in_year(rows, year):
    """`rows` of Attendance in a Year."""
    return rows.filter(record__happened_on__gte=year.start, record__happened_on__lt=year.end)


def attended(year):
    """Attendance of a Year that counts."""
    return in_year(Attendance.objects.counted(), year)


@dataclass(frozen=True)
class Studied:
    """One person's year of study, in study hours."""

    person: object
    hours: Decimal
    target: int
    leading: bool
    flexible: bool

    @property
    def lacking(self):
        """Hours short of the target; 0 for those who study flexibly: they are never counted as short."""
        return Decimal(0) if self.flexible else max(self.target - self.hours, Decimal(0))


def studied(unit, year, day, *, person=None):
    """[Studied] of the members on the roll of `unit` on `day`, by pinyin; only of `person` when given. A constant
    number of queries, the hours in one."""
    hours = attended(year).filter(person=OuterRef("pk")).order_by().values("person").annotate(n=Sum("hours"))
    people = roll(unit, day)
    people = people.filter(pk=person.pk) if person else people
    total = Coalesce(Subquery(hours.values("n")), Decimal(0), output_field=hours_column())
    people = list(people.annotate(hours=total))
    leading, flexible = committee(unit, year.start, year.last_day), _flexible(unit, year, people)
    usual, more = STUDY_HOURS.on(day, unit.path), STUDY_HOURS_LEADING.on(day, unit.path)
    return [
        Studied(row, row.hours, more if row.pk in leading else usual, row.pk in leading, row.pk in flexible)
        for row in people
    ]


def _flexible(unit, year, people):
    """Keys of those who study flexibly: old enough by the year's end, in the category of the elderly, or let by the
    branch for that year."""
    age = ELDERLY_AGE.on(year.last_day, unit.path)
    old = {row.pk for row in people if row.birth_date and age_on(row.birth_date, year.last_day) >= age}
    keys = [row.pk for row in people]
    elderly = Enrolment.objects.live().filter(category=Category.ELDERLY, person__in=keys)
    let = RecordSubject.objects.filter(
        record__projects_life_flexiblestudy__year=year.year, record__voided_at__isnull=True, person__in=keys
    )
    return old | {*elderly.values_list("person", flat=True), *let.values_list("person", flat=True)}


def year_of(person, year, user):
    """{"times" due, "came", "leave", "absent", "made_up", "studied" hours} of one person,
    in one query; of what `user` may see."""
    rows = attended(year).visible_to(user).filter(person=person)
    made_up = Q(record__projects_life_makeup__isnull=False)
    return rows.aggregate(
        times=Count("pk", filter=Q(due=True) & ~made_up),
        came=Count("pk", filter=Q(due=True, state=State.PRESENT) & ~made_up),
        leave=Count("pk", filter=Q(state=State.LEAVE)),
        absent=Count("pk", filter=Q(state=State.ABSENT)),
        made_up=Count("pk", filter=made_up),
        studied=Coalesce(Sum("hours"), Decimal(0), output_field=hours_column()),
    )

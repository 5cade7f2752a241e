"""Who has come home, as a record says, and still stands among those away; who is away, as the branch has noted, and
does not stand among them after six months; who has had a fixed place elsewhere for as long."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.models import Absence, Category, Enrolment, Person, Status, Transfer
from members.models.enrolments import LIVE
from members.suggestions import Rule, active
from projects.models import RecordSubject
from projects.stays import began
from xitun.lib.dates import add_months

from .absences import MONTHS

LONG_AGO = Value(date(1900, 1, 1))
OUT, BACK = "record__projects_joint_departure__departs_on", "record__projects_joint_homecoming__returned_on"
# A day with both leaves them where they were, as in absences.py.
AWAY = Q(out_on__gt=F("back_on")) | Q(out_on=F("back_on"), out_alone__gt=F("back_alone"))


def _mobile(user, day, **said):
    """Who stands among the mobile and of whom this was `said` (in whatever stay: found at once for everybody), with the
    last days of this very stay on which they went out and came back, and those on which they did nothing else."""
    people = RecordSubject.objects.filter(record__voided_at=None, **said).values("person")
    rows = active(user, Category.MOBILE).filter(person__in=people).annotate(began=began())
    return rows.annotate(
        out_on=_last(OUT, _told(OUT, day)),
        back_on=_last(BACK, _told(BACK, day)),
        out_alone=_last(OUT, _told(OUT, day).filter(~Exists(_same_day(BACK, OUT)))),
        back_alone=_last(BACK, _told(BACK, day).filter(~Exists(_same_day(OUT, BACK)))),
    )


def _told(column, day, ref=OuterRef):
    """What was said of a person in the stay of an enrolment (`ref`), the last first: who left again in another one is
    another matter."""
    stay = Q(enrolment=ref("pk")) | Q(enrolment__category=Category.MOBILE, enrolment__from_date__gte=ref("began"))
    rows = RecordSubject.objects.filter(stay, person=ref("person"), record__voided_at=None, **{f"{column}__lte": day})
    return rows.order_by(f"-{column}", "-record")


def _same_day(column, other):
    return _told(column, OuterRef(other), lambda name: OuterRef(OuterRef(name))).filter(**{column: OuterRef(other)})


def _last(column, told):
    return Coalesce(Subquery(told.values(column)[:1]), LONG_AGO)


def came_home(user, day):
    """Home, as a homecoming of this very stay says."""
    rows = _mobile(user, day, **{f"{BACK}__lte": day}).exclude(AWAY)
    return rows.annotate(fact_on=F("back_on")).filter(fact_on__gt=LONG_AGO)


def away_since_at_least(day):
    """The last day of which six months are over on `day`: from 31 August they end on the last of February."""
    since = add_months(day, -MONTHS)
    while add_months(since + timedelta(days=1), MONTHS) <= day:
        since += timedelta(days=1)
    return since


def away_for_long(user, day):
    theirs = Enrolment.objects.filter(person=OuterRef("pk"))
    there = theirs.filter(category=Category.MOBILE, status__in=(Status.PROPOSED, *LIVE))
    away = Absence.objects.open().filter(person=OuterRef("pk"), from_date__lte=away_since_at_least(day))
    people = Person.objects.writable_by(user).members().filter(Exists(away), ~Exists(there))
    people = people.annotate(fact_on=Subquery(away.values("from_date")), place=Subquery(away.values("place")))
    first = ~Exists(Enrolment.objects.visible_to(user).live().filter(person=OuterRef("pk"), primary=True))
    return people.annotate(first=first)


def fixed_place(user, day):
    """A fixed place held for six months [R]: of the last going out before `day`, of which nobody has come home yet."""
    newest, since, detail = _told(OUT, day), away_since_at_least(day), OUT.removesuffix("__departs_on")
    rows = _mobile(user, day, **{f"{OUT}__lte": since, f"{detail}__fixed": True}).annotate(
        fact_on=F("out_on"),
        place=Subquery(newest.values(f"{detail}__destination")[:1]),
        fixed=Subquery(newest.values(f"{detail}__fixed")[:1]),
    )
    rows = rows.filter(AWAY, fixed=True, fact_on__lte=since)
    return rows.exclude(Exists(Transfer.objects.waiting().filter(person=OuterRef("person"))))


def _propose_mobile(row, reason):
    query = {"category": Category.MOBILE.value, "reason": reason, "primary": "on" if row.first else ""}
    return f"{reverse('category-propose', args=[row.pk])}?{urlencode(query)}"


RULES = (
    Rule(
        "away_six_months",
        _("Away for six months or more"),
        _("away since %(day)s, in %(place)s"),
        away_for_long,
        _propose_mobile,
        _("Propose it"),
        into=Category.MOBILE,
    ),
    Rule(
        "fixed_place",
        _("A fixed place for six months or more"),
        _("in %(place)s since %(day)s: membership may be transferred there"),
        fixed_place,
        lambda row, _reason: reverse("person-transfer", args=[row.person_id]),
        _("Transfer"),
    ),
    Rule(
        "came_home",
        _("Came home"),
        _("came home on %(day)s"),
        came_home,
        lambda row, _reason: reverse("category-come-home", args=[row.pk]),
        _("Look"),
    ),
)

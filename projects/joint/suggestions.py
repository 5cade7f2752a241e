"""Who has come home, as a record says, and still stands among those away; who is away, as the branch has noted, and
does not stand among them after six months; who has had a fixed place elsewhere for as long."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Exists, F, Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.models import Absence, Category, Enrolment, Person, Status, Transfer
from members.models.enrolments import LIVE
from members.suggestions import Rule, active
from xitun.lib.dates import add_months

from .absences import MONTHS
from .models import Departure, Homecoming

LONG_AGO = Value(date(1900, 1, 1))


def came_home(user, day):
    """Only the homecoming recorded of this very absence counts: who left again, in another enrolment or in this one, is
    not at home."""
    records = Homecoming.objects.filter(record__subjects__enrolment=OuterRef("pk"), record__voided_at=None)
    last = records.filter(returned_on__lte=day).order_by("-returned_on").values("returned_on")[:1]
    rows = active(user, Category.MOBILE).annotate(fact_on=Subquery(last)).filter(fact_on__isnull=False)
    again = Departure.objects.filter(record__subjects__enrolment=OuterRef("pk"), record__voided_at=None)
    return rows.exclude(Exists(again.filter(departs_on__gt=OuterRef("fact_on"), departs_on__lte=day)))


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
    here = {"record__subjects__enrolment": OuterRef("pk"), "record__voided_at": None}
    newest = Departure.objects.filter(**here, departs_on__lte=day).order_by("-departs_on", "-pk")
    back = Homecoming.objects.filter(**here, returned_on__lte=day).values("record__voided_at")
    back = back.annotate(last=Max("returned_on")).values("last")
    rows = active(user, Category.MOBILE).annotate(
        fact_on=Subquery(newest.values("departs_on")[:1]),
        place=Subquery(newest.values("destination")[:1]),
        fixed=Subquery(newest.values("fixed")[:1]),
        back_on=Coalesce(Subquery(back), LONG_AGO),
    )
    rows = rows.filter(fixed=True, fact_on__lte=away_since_at_least(day), back_on__lt=F("fact_on"))
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

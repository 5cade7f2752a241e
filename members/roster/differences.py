"""What a line says of its person otherwise than is recorded, as conditions over lines: what is to be written, and what
no file decides."""

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan

from members.models import BranchMembership, Category, Enrolment, PostHolding, Standing, StandingRow, Status
from members.models.enrolments import LIVE
from members.roster.former import writes
from members.roster.rows import DATES, TEXTS

ORDER = (Standing.APPLICANT, Standing.ACTIVIST, Standing.TARGET, Standing.PROBATIONARY, Standing.FULL)
DAYS = ("joined_on", "full_member_on")
ON_ROLL = ~Q(standing=Standing.FORMER)


def falls_back():
    """Somebody who left, or whose standing on the roster lies behind the one recorded: no file decides that."""
    left, leaves = Q(person__standing=Standing.FORMER), Q(standing=Standing.FORMER)
    behind = (left & ~leaves) | (leaves & ~left)
    for place, standing in enumerate(ORDER):
        behind |= Q(standing=standing, person__standing__in=ORDER[place + 1 :])
    return behind


def differs():
    """Q over lines with a person: whether the roster knows something else. A blank cell is never a difference."""
    changed = Q(pk__in=[])
    for name in TEXTS:
        changed |= Q(**{f"{name}__gt": ""}) & ~Q(**{name: F(f"person__{name}")}) & writes(name)
    for name in DATES:
        changed |= _another_day(name) & writes(name)
    changed |= Q(standing__gt="") & ~Q(standing=F("person__standing"))
    changed |= Q(id_hash__isnull=False, person__id_hash=None)
    return changed | wants_category() | wants_further() | wants_post()


def _another_day(name):
    return Q(**{f"{name}__isnull": False}) & ~Q(**{name: F(f"person__{name}")})


def contradicts():
    """A day that says something new and cannot be beside the one recorded: a full member before joining."""
    joined, full = (Coalesce(name, f"person__{name}") for name in DAYS)
    return (_another_day("joined_on") | _another_day("full_member_on")) & Q(LessThan(full, joined))


def overlaps():
    """A roster dated before the end of something would write a second state over those days: a standing over a
    standing, a stay over a stay or into the time on another roll. Which of the two is right, no file decides."""
    moved = _ended_later(BranchMembership.objects.all())
    stays = Enrolment.objects.filter(status=Status.ENDED)
    stay = _ended_later(stays.filter(Q(primary=True) | Q(category=OuterRef("category"))))
    post = _ended_later(PostHolding.objects.filter(title=OuterRef("post")))
    overlaps = Q(standing__gt="") & ~Q(standing=F("person__standing")) & _ended_later(StandingRow.objects.all())
    overlaps |= (wants_category() & (moved | stay)) | (wants_further() & moved) | (wants_post() & (moved | post))
    for code in Category.values:
        overlaps |= wants_further_one(code) & _ended_later(stays.filter(category=code))
    return overlaps


def _ended_later(rows):
    later = {"person": OuterRef("person"), "superseded_at": None, "to_date__gt": OuterRef("roster__on")}
    return Q(Exists(rows.filter(**later).exclude(to_date=F("from_date"))))


def _standing_in(category):
    return Enrolment.objects.filter(person=OuterRef("person"), category=category, status__in=(Status.PROPOSED, *LIVE))


def wants_category():
    return ON_ROLL & Q(category__gt="") & ~Q(Exists(_standing_in(OuterRef("category"))))


def wants_further():
    wanted = Q(pk__in=[])
    for code in Category.values:
        wanted |= wants_further_one(code)
    return wanted


def wants_further_one(code):
    return ON_ROLL & Q(also__contains=f" {code} ") & ~Q(Exists(_standing_in(code)))


def wants_post():
    held = PostHolding.objects.filter(
        person=OuterRef("person"), title=OuterRef("post"), superseded_at=None, to_date=None
    )
    return Q(post__gt="") & ~Q(Exists(held))

"""Who was due to come: the roll of the branch on that very day, by the dated rows; who is on its committee; who was
away. Nothing here asks for a category but `mobile`, which is no secret."""

from django.db.models import Exists, OuterRef, Q

from members.models import Absence, BranchMembership, Category, Enrolment, Person, PostHolding, StandingRow
from members.models.dated import true_on
from members.models.people import CANDIDATE_STANDINGS, MEMBER_STANDINGS

COMMITTEE_POSTS = ("党支部", "支部书记", "支部副书记", "支部委员", "支委", "组织委员", "宣传委员", "纪检委员")


def is_committee_post(title):
    """Whether a post is one of the branch committee, by its title: 党支部书记, 组织委员, 村党支部副书记 …"""
    return any(word in title for word in COMMITTEE_POSTS)


def roll(unit, day, *, group="", standings=MEMBER_STANDINGS):
    """The people of `standings` who stood on the roll of `unit` on `day`, by pinyin. `group`: only that party group;
    groups are today's, no days are kept of them."""
    here = BranchMembership.objects.filter(true_on(day), unit__path__startswith=unit.path, person=OuterRef("pk"))
    stood = StandingRow.objects.filter(true_on(day), standing__in=standings, person=OuterRef("pk"))
    people = Person.objects.filter(Exists(here), Exists(stood)).order_by("pinyin", "pk")
    return (people.filter(group=group) if group else people).defer("id_number", "address")


def stood(unit, day):
    """The people of whom another file, which went into theirs since, stood on that roll: what was said of them there
    holds, but nobody has to speak of them any more."""
    there = BranchMembership.objects.filter(
        Q(to_date=None) | Q(to_date__gt=day), from_date__lte=day, unit__path__startswith=unit.path,
        superseded_at__isnull=False,
    )  # fmt: skip
    return Person.objects.filter(pk__in=there.values("person__merged_into")).order_by("pinyin", "pk")


def candidates(unit, day):
    """Those who may be invited and are counted in no total."""
    return roll(unit, day, standings=CANDIDATE_STANDINGS)


def away(unit, day):
    """Keys of the people who lived elsewhere that day: the mobile, and whoever was noted as away."""
    mobile = Enrolment.objects.on(day).filter(category=Category.MOBILE, path__startswith=unit.path)
    noted = Absence.objects.filter(true_on(day), person__path__startswith=unit.path)
    return {*mobile.values_list("person", flat=True), *noted.values_list("person", flat=True)}


def committee(unit, start, end=None):
    """Keys of the people who held a post of the branch committee on the day `start`, or at any time until `end`."""
    end = end or start
    posts = PostHolding.objects.filter(
        Q(to_date=None) | Q(to_date__gt=start), path__startswith=unit.path, from_date__lte=end, superseded_at=None,
        person__isnull=False,
    )  # fmt: skip
    return {person for person, title in posts.values_list("person", "title") if is_committee_post(title)}


def groups(unit):
    """The party groups of a branch, by name: what its members' files say."""
    people = Person.objects.members().filter(path__startswith=unit.path).exclude(group="")
    return list(people.order_by("group").values_list("group", flat=True).distinct())

"""The tracking project 跟踪工程: joint management of mobile members (seed, third; DOMAIN 2.3)."""

from django.utils.translation import gettext_lazy as _

from members.models import Category
from projects.workflow import Cadence, Column, Due, Duty, Kind, Project, Responsible

PROJECT = Project(
    code="joint",
    category=Category.MOBILE,
    name=_("Tracking project"),
    management=_("Joint management"),
    people=_("Mobile members"),
    icon="geo-alt",
    duties=(
        Duty(
            "briefing",
            _("pre-departure education"),
            Cadence.OCCASION,
            kinds=("briefing",),
            after="departure",
            after_field="departs_on",
            source="seed 3; DOMAIN 2.3",
        ),
        Duty("follow_up", _("quarterly follow-up"), Cadence.QUARTER, kinds=("follow_up",), source="seed 3"),
        Duty("learning", _("learning materials"), Cadence.MONTH, kinds=("learning_push",), source="DOMAIN 2.3 [P]"),
        Duty(
            "host_liaison",
            _("contact with the host organisation"),
            Cadence.HALF,
            kinds=("host_liaison",),
            source="seed 3; DOMAIN 2.3 [P]",
        ),
        Duty("family_visit", _("family visit"), Cadence.HALF, kinds=("family_visit",), source="seed 3"),
        Duty(
            "festival_visit",
            _("family visit at Spring Festival"),
            Cadence.FESTIVAL,
            kinds=("family_visit",),
            festivals=("spring_festival",),
            source="DOMAIN 2.3 [P]",
        ),
        Duty(
            "certificate",
            _("yearly check of the activity certificate"),
            Cadence.YEAR,
            kinds=("certificate_check",),
            by=Responsible.TOWN_STAFF,
            due=Due(month=12, day=31),
            source="DOMAIN 2.3 [R]",
        ),
    ),
    kinds=(
        Kind(
            "follow_up",
            _("quarterly follow-up"),
            "FollowUp",
            ("method", "reached", "work_and_life", "needs", "promised"),
            prompt=_("Anything else"),
            icon="telephone",
        ),
        Kind(
            "family_visit",
            _("family visit"),
            "FamilyVisit",
            ("children", "elderly", "women", "needs", "brought"),
            prompt=_("What was said and done"),
            several=True,
            icon="house-heart",
        ),
        Kind(
            "departure",
            _("going out"),
            "Departure",
            ("departs_on", "destination", "work", "host_organisation", "host_contact", "certificate"),
            icon="signpost",
        ),
        Kind("briefing", _("pre-departure education"), "Briefing", ("explained",), several=True, icon="book"),
        Kind("learning_push", _("learning materials"), "LearningPush", ("channel", "title"), several=True, icon="send"),
        Kind(
            "host_liaison",
            _("contact with the host organisation"),
            "HostLiaison",
            ("method", "reached", "feedback", "needs"),
            icon="building",
        ),
        Kind(
            "certificate_check", _("certificate checked"), prompt=_("Result"), prompt_required=True, icon="patch-check"
        ),
        Kind("homecoming", _("homecoming"), "Homecoming", ("returned_on",), icon="house-door"),
    ),
    columns=(
        Column("name", _("name"), "person.name", width=10),
        Column("sex", _("sex"), "person.sex", width=6),
        Column("born", _("born"), "person.birth_date", "date"),
        Column("joined", _("joined the Party on"), "person.joined_on", "date"),
        Column("branch", _("Party branch"), "unit.name", width=18),
        Column("left_on", _("went out on"), "last:departure.departs_on", "date"),
        Column("destination", _("where to"), "last:departure.destination", width=20),
        Column("work", _("work or study there"), "last:departure.work", width=16),
        Column("phone", _("contact phone"), "person.phone", width=14),
        Column("certificate", _("activity certificate no."), "last:departure.certificate"),
        Column("host", _("host Party organisation"), "last:departure.host_organisation", width=20),
        Column("host_contact", _("its contact"), "last:departure.host_contact"),
        Column("contacts", _("contact"), "quarters:follow_up", "date"),
        Column("family_visit", _("family visit"), "last:family_visit.happened_on", "date"),
        Column("returned", _("back on"), "last:homecoming.returned_on", "date"),
        Column("note", _("note"), "rule:note"),
    ),
)

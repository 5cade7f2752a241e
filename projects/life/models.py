"""What a meeting, a study session, a talk or a make-up says, and who attended: one row a person, however many."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.access import VIEW, WRITE, ScopedQuerySet, scope_of
from members.models import Person
from projects.models import Detail, Record
from projects.models.records import OfPeople
from projects.shared import TalkDetail
from xitun.lib.crypto import EncryptedTextField

MOST_HOURS = 24


class Content(models.TextChoices):
    """What was studied or done; a kind, for the overview of a year."""

    THEORY = "theory", _("Party theory")
    RULES = "rules", _("Party constitution and rules")
    HISTORY = "history", _("Party history")
    POLICY = "policy", _("policies and laws")
    SKILLS = "skills", _("practical skills")
    SERVICE = "service", _("voluntary service")
    AFFAIRS = "affairs", _("affairs of the branch")


def hours_column(**options):
    """Study hours 学时 in steps of a tenth."""
    checks = [MinValueValidator(0), MaxValueValidator(MOST_HOURS)]
    return models.DecimalField(_("study hours"), max_digits=4, decimal_places=1, validators=checks, **options)


class Meeting(Detail):
    """A meeting, theme day or study session: what it was about and how many hours of study it counts."""

    topic = models.CharField(_("topic"), max_length=120)
    content = models.CharField(_("content of study"), max_length=10, choices=Content, blank=True)
    hours = hours_column(default=0)
    host = models.CharField(_("chaired by"), max_length=40, blank=True)
    lecturer = models.CharField(_("lecture given by"), max_length=40, blank=True)
    place = models.CharField(_("place"), max_length=80, blank=True)
    group = models.CharField(_("party group"), max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hours__gte=0, hours__lte=MOST_HOURS), name="meeting_hours_in_range")
        ]


class How(models.TextChoices):
    SELF = "self", _("own reading")
    HOME = "home", _("study brought home")
    TALK = "talk", _("explained in person")
    ONLINE = "online", _("online")


class MakeUp(Detail):
    """Make-up study 补课: which meeting it makes up for, how, and how many hours it counts. `meeting` is the version
    that holds (projects.life.follow); it may be one of which no record was kept."""

    meeting = models.ForeignKey(
        Record, null=True, blank=True, on_delete=models.PROTECT, related_name="made_up_by", verbose_name=_("meeting")
    )
    how = models.CharField(_("way of making up"), max_length=10, choices=How)
    hours = hours_column(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hours__gte=0, hours__lte=MOST_HOURS), name="makeup_hours_in_range")
        ]


class Talk(TalkDetail):
    """A heart-to-heart talk 谈心谈话: topic, needs, what was agreed. Never an attitude (DOMAIN §5)."""

    needs = models.CharField(_("difficulties or needs"), max_length=300, blank=True)


class FlexibleStudy(Detail):
    """The branch lets somebody study flexibly for a year: old age, illness. No reason is asked for here."""

    year = models.PositiveSmallIntegerField(
        _("study year"), validators=[MinValueValidator(2000), MaxValueValidator(2099)]
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2099), name="flexiblestudy_year_in_range")
        ]


class State(models.TextChoices):
    PRESENT = "present", _("came")
    LEAVE = "leave", _("on leave")
    ABSENT = "absent", _("absent")


class Why(models.TextChoices):
    SICK = "sick", _("sick")
    AWAY = "away", _("away from home")
    WORK = "work", _("work")
    FAMILY = "family", _("family matters")


class AttendanceQuerySet(ScopedQuerySet):
    """Seen with the meeting, by the branch that has the person now, and everybody their own. Why somebody was on leave
    is for those who write there and for themselves: see `whys_for`."""

    scope_field = "record__path"
    own_field = "person"

    def _visible_q(self, scope):
        return super()._visible_q(scope) | scope.q(VIEW, "person__path")

    def whys_for(self, user):
        """Adds `open`: whether `user` may read why somebody was on leave."""
        scope = scope_of(user)
        mine = models.Q(person=scope.person_id) if scope.person_id else models.Q(pk__in=[])
        there = models.ExpressionWrapper(scope.q(WRITE, "record__path") | mine, models.BooleanField())
        return self.annotate(open=there)

    def live(self):
        return self.filter(record__voided_at__isnull=True)

    def with_doubled(self):
        """Adds `doubled`: made up for a meeting at which, as it stands now, the person was after all, or for which they
        have made up already, in two files that are one by now."""
        meeting = models.OuterRef("record__projects_life_makeup__meeting")
        theirs = Attendance.objects.live().filter(person=models.OuterRef("person"))
        came = theirs.filter(record=meeting, state=State.PRESENT)
        before = theirs.filter(record__projects_life_makeup__meeting=meeting, pk__lt=models.OuterRef("pk"))
        return self.annotate(doubled=models.Exists(came) | models.Exists(before))

    def counted(self):
        """Live, each meeting once."""
        return self.live().with_doubled().filter(doubled=False)

    def missed(self):
        """Due and not there, and nothing has made up for it yet."""
        made_up = Attendance.objects.live().filter(
            record__projects_life_makeup__meeting=models.OuterRef("record"), person=models.OuterRef("person")
        )
        return self.live().filter(~models.Exists(made_up), ~Q(state=State.PRESENT), due=True)

    def to_study(self):
        """What was missed of study: a meeting of the committee that counted no hours leaves nothing to make up for."""
        return self.missed().filter(record__projects_life_meeting__hours__gt=0)


class Attendance(models.Model):
    """One person at one meeting, study session or make-up. `due`: was to come that day, by the branch's roll of that
    day (full and probationary members) or by the committee; a candidate who was invited counts in no total. `hours`
    are those the person is credited with: 0 unless present."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="attendance")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attendance")
    due = models.BooleanField(default=True)
    state = models.CharField(_("attendance"), max_length=8, choices=State)
    why = models.CharField(_("reason for leave"), max_length=8, choices=Why, blank=True)
    note = EncryptedTextField(_("in words"), null=True, blank=True)
    hours = hours_column(default=0)

    objects = OfPeople.from_queryset(AttendanceQuerySet)()

    class Meta:
        verbose_name = _("attendance")
        indexes = [models.Index(fields=["person", "record"], name="attendance_person_record")]
        constraints = [
            models.UniqueConstraint(fields=["record", "person"], name="attendance_once"),
            models.CheckConstraint(
                condition=Q(state="present", hours__gte=0) | Q(hours=0), name="attendance_hours_if_present"
            ),
            models.CheckConstraint(condition=Q(state="leave") | Q(why=""), name="attendance_why_if_on_leave"),
            models.CheckConstraint(condition=Q(due=True) | Q(state="present"), name="attendance_due_or_present"),
        ]

    def __str__(self):
        return f"{self.person} {self.state}"

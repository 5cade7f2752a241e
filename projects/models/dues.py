from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, Exists, ExpressionWrapper, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet, scope_of
from members.models import Category, Enrolment, Person, PostHolding, Unit
from xitun.lib.dates import today

from .counts import COUNTED, keep_new, keep_settled, recounted
from .records import Record

DAY = timedelta(days=1)
SETTLING = {"due", "due_id", "record", "record_id", "undone_at"}  # columns of Discharge that settle or open a due


@cache
def _no_closed_case():
    """Built once: nearly every page asks it, and no row of it is kept."""
    return Exists(Enrolment.objects.filter(pk=OuterRef("enrolment")).without_closed_cases())


class DueQuerySet(ScopedQuerySet):
    """Whatever is written through it, or through `Due.save`, is counted in the same transaction (DueCount)."""

    scope_field = "path"
    restricted_field = "restricted"
    own_field = "person"

    def visible_to(self, user):
        """What lies in a closed case of help and education is there for nobody (DOMAIN 2.6); one's own stays."""
        sealed = Q(category=Category.BACKWARD) & Q(enrolment__isnull=False) & ~Q(_no_closed_case())  # the dear one last
        if own := scope_of(user).person_id:
            sealed &= ~Q(person=own)
        return super().visible_to(user).exclude(sealed)

    def update(self, **columns):
        if not COUNTED & columns.keys():
            return super().update(**columns)
        return recounted(self, lambda rows: models.QuerySet.update(rows, **columns))

    def bulk_create(self, objs, *args, **options):
        with transaction.atomic(savepoint=False):
            dues = super().bulk_create(list(objs), *args, **options)
            keep_new(dues)
        return dues

    def delete(self):
        return recounted(self, lambda rows: models.QuerySet.delete(rows)[0])

    def open(self):
        """Neither discharged nor closed."""
        return self.filter(~Exists(Discharge.objects.live().filter(due=OuterRef("pk"))), closed_on__isnull=True)

    def unmade(self):
        """Those that a record had made which holds no more: taken back, or put right by one that makes no such due."""
        maker = Case(When(occasion__startswith="r", then=Cast(Substr("occasion", 2), models.BigIntegerField())))
        gone = Record.objects.filter(pk=OuterRef("maker"), voided_at__isnull=False)
        return self.alias(maker=maker).filter(Exists(gone))

    def overdue(self, day=None):
        return self.open().filter(due_on__lt=day or today())

    def close(self, *, on, by=None, why=""):
        """Owed no longer since `on`, those that are open. Never called from outside an act."""
        why = {"closed_at": timezone.now(), "closed_by": by, "closed_why": why[:200]}
        return recounted(self, lambda rows: models.QuerySet.update(rows.open(), closed_on=on, **why))

    def reopen(self):
        """Owed after all. Never called from outside an act."""
        return self.update(closed_on=None, closed_at=None, closed_by=None, closed_why="")

    def let_off(self):
        """Those closed with a person's own words, but not with the end of the stay, which may have been given in such
        words too."""
        apart = ~Q(closed_on=F("enrolment__to_date"), closed_why=F("enrolment__decision_reason"))
        return self.filter(apart, closed_on__isnull=False).exclude(closed_why="").exclude(closed_why__startswith="#")

    def unsealed(self):
        """Those due on a day that no PeriodLock holds."""
        return self.filter(~Exists(_locks()))

    def sealed_since(self, moment):
        """Those due on a day that a PeriodLock holds since after that moment."""
        return self.filter(Exists(_locks().filter(locked_at__gt=moment)))

    def sealed_as_done(self):
        """Those that were settled, by whichever record, when a PeriodLock began to hold the day they were due."""
        held = Q(undone_at=None) | Q(undone_at__gt=OuterRef("locked_at"))
        done = Discharge.objects.filter(held, due=OuterRef(OuterRef("pk")), at__lte=OuterRef("locked_at"))
        return self.filter(Exists(_locks().filter(Exists(done))))

    def sealed_as_closed(self):
        """Those that had been closed when a PeriodLock began to hold the day they were due."""
        return self.filter(Exists(_locks().filter(locked_at__gte=OuterRef("closed_at"))))

    def with_state(self, day=None, *, discharges=None, closed=None):
        """Adds `done_on` (date the discharging record happened) and `state`: on_time, late, closed, overdue, open.
        Overdue is derived, never stored (DOMAIN §2). Which `discharges` hold and what is `closed` (Q) on a past day:
        projects.past."""
        done = Discharge.objects.live() if discharges is None else discharges
        done = done.filter(due=OuterRef("pk"))
        return self.annotate(done_on=Subquery(done.values("record__happened_on")[:1])).annotate(
            state=Case(
                When(done_on__lte=F("due_on"), then=Value("on_time")),
                When(done_on__isnull=False, then=Value("late")),
                When(closed or Q(closed_on__isnull=False), then=Value("closed")),
                When(due_on__lt=day or today(), then=Value("overdue")),
                default=Value("open"),
                output_field=models.CharField(),
            )
        )


def _locks():
    """The PeriodLocks that hold the day a due of an outer query is due."""
    locks = PeriodLock.objects.filter(start__lte=OuterRef("due_on"), end__gt=OuterRef("due_on"))
    here = locks.annotate(here=ExpressionWrapper(OuterRef("path"), models.CharField()))
    return here.filter(here__startswith=F("unit__path"))


class Due(models.Model):
    """One thing owed: one row per duty × subject × period or occasion. Opened by the nightly sweep or by a record that
    makes an occasion; discharged by a record; closed by a waiver, a death or a transfer."""

    duty = models.CharField(max_length=50)  # "joint.follow_up", declared in the room's workflow
    category = models.CharField(max_length=12)
    enrolment = models.ForeignKey(Enrolment, null=True, on_delete=models.PROTECT, related_name="dues")
    post = models.ForeignKey(PostHolding, null=True, on_delete=models.PROTECT, related_name="dues")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="dues")  # the subject when the two are empty
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="dues")
    path = models.CharField(max_length=255)
    restricted = models.BooleanField(default=False)
    occasion = models.CharField(max_length=40)  # "2026Q3", "2027-spring_festival", "r118" (the record that made it)
    opens_on = models.DateField()
    due_on = models.DateField(_("due on"))
    responsible = models.CharField(max_length=12)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="assigned_dues"
    )
    opened_at = models.DateTimeField()
    closed_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(
        null=True, blank=True
    )  # when that was entered; unknown for what is older than this
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_why = models.CharField(max_length=200, blank=True)

    objects = DueQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty owed")
        indexes = [
            models.Index(fields=["path", "due_on"], name="due_path_due_on"),
            models.Index(fields=["person", "due_on"], name="due_person_due_on"),
            models.Index(fields=["category", "occasion", "path"], name="due_category_occasion"),
            models.Index(  # the town's own, few among all: their number stands on every page
                fields=["responsible", "path", "due_on"],
                name="due_responsible_path",
                opclasses=["varchar_ops", "varchar_pattern_ops", "date_ops"],
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(enrolment__isnull=True) | Q(post__isnull=True), name="due_has_one_subject"
            ),
            models.UniqueConstraint(
                fields=["duty", "enrolment", "occasion"],
                condition=Q(enrolment__isnull=False),
                name="due_once_per_enrolment",
            ),
            models.UniqueConstraint(
                fields=["duty", "post", "occasion"], condition=Q(post__isnull=False), name="due_once_per_post"
            ),
            models.UniqueConstraint(
                fields=["duty", "unit", "occasion"],
                condition=Q(enrolment__isnull=True, post__isnull=True),
                name="due_once_per_unit",
            ),
        ]

    def __str__(self):
        return f"{self.duty} {self.occasion}"

    def save(self, *args, **options):
        names = options.get("update_fields")
        if self._state.adding:
            with transaction.atomic(savepoint=False):
                super().save(*args, **options)
                keep_new([self])
        elif names is None or COUNTED & set(names):
            recounted(Due.objects.filter(pk=self.pk), lambda _rows: super(Due, self).save(*args, **options) or 1)
        else:
            super().save(*args, **options)

    @property
    def is_occasional(self):
        """Made by a record or a death, not by the calendar."""
        return self.occasion.startswith(("r", "death"))

    @property
    def was_let_off(self):
        """Closed with a person's own words, not by what an act brought with it."""
        return bool(self.closed_on) and not self.closed_why.startswith("#")

    @property
    def subject_kind(self):
        return "enrolment" if self.enrolment_id else "post" if self.post_id else "unit"

    @property
    def subject_id(self):
        return self.enrolment_id or self.post_id or self.unit_id


class DischargeQuerySet(models.QuerySet):
    """What it settles and opens again is counted in the same transaction (DueCount)."""

    def live(self):
        return self.filter(undone_at__isnull=True)

    def update(self, **columns):
        if not SETTLING & columns.keys():
            return super().update(**columns)
        settled = Due.objects.filter(pk__in=self.order_by().values("due"))
        return recounted(settled, lambda dues: models.QuerySet.update(self.filter(due__in=dues), **columns))

    def bulk_create(self, objs, *args, **options):
        objs = list(objs)
        with transaction.atomic(savepoint=False):
            keep_settled(Due, objs)
            return super().bulk_create(objs, *args, **options)

    def delete(self):
        settled = Due.objects.filter(pk__in=self.order_by().values("due"))
        return recounted(settled, lambda dues: models.QuerySet.delete(self.filter(due__in=dues))[0])


class Discharge(models.Model):
    """This record settles this due. Undone when the record is voided, which opens the due again."""

    due = models.ForeignKey(Due, on_delete=models.PROTECT, related_name="discharges")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="discharges")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = DischargeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["due"], condition=Q(undone_at__isnull=True), name="one_live_discharge")
        ]

    def save(self, *args, **options):
        names = options.get("update_fields")
        if names is None or SETTLING & set(names):
            due = Due.objects.filter(pk=self.due_id)
            recounted(due, lambda _dues: super(Discharge, self).save(*args, **options) or 1)
        else:
            super().save(*args, **options)


class ReminderQuerySet(ScopedQuerySet):
    scope_field = "due__path"
    restricted_field = "due__restricted"

    def live(self):
        """Those that still say what is so."""
        return self.filter(ended_at=None)

    def outdated(self):
        """Of those, what is not so any more: the due is settled or closed, was so for a day meanwhile, or falls due on
        a later day than it said. What was undone within the day was never taken for done."""
        undone = Discharge.objects.filter(due=OuterRef("due"), undone_at__gt=OuterRef("created_at"))
        held = undone.filter(undone_at__gt=F("at") + DAY)
        later = Due.objects.filter(pk=OuterRef("due"), due_on__gt=OuterRef("due_on"))
        owed = Due.objects.open().filter(pk=OuterRef("due"))
        return self.live().filter(~Exists(owed) | Exists(held) | Exists(later))


class Reminder(models.Model):
    """A due came to a stage (T−30, T−7, its day, overdue, escalated to the town). One live one per due and stage, in
    the database; the night ends what is outdated, and tells it again when it comes about again."""

    class Stage(models.TextChoices):
        T30 = "t30", _("due within 30 days")
        T7 = "t7", _("due within 7 days")
        DUE = "due", _("due today")
        OVERDUE = "overdue", _("overdue")
        ESCALATED = "escalated", _("passed on to the town")

    due = models.ForeignKey(Due, on_delete=models.PROTECT, related_name="reminders")
    stage = models.CharField(max_length=10, choices=Stage)
    audience = models.CharField(max_length=12)  # the role it speaks to, at the due's unit or above
    due_on = models.DateField(null=True)  # as it said; unknown for what is older than this
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["due", "stage"], condition=Q(ended_at__isnull=True), name="one_live_reminder"
            )
        ]


class PeriodLock(models.Model):
    """Facts of this unit (and below) that happened in [start, end) are sealed: later ones become corrections."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="locks")
    start = models.DateField()
    end = models.DateField()
    locked_at = models.DateTimeField(auto_now_add=True)
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "start", "end"], name="lock_once")]

    @classmethod
    def sealed_until(cls, path):
        """The first day that no lock of the unit at `path`, of one above or below it, holds; None without any."""
        return cls._around(path).aggregate(last=Max("end"))["last"]

    @classmethod
    def sealed_since(cls, path, *, since, day):
        """{path of a unit} of the locks there, above or below that were set after the moment `since` and hold `day` or
        later ones."""
        return set(cls._around(path).filter(locked_at__gt=since, end__gt=day).values_list("unit__path", flat=True))

    @classmethod
    def _around(cls, path):
        return cls.objects.filter(Q(unit__path__in=_upwards(path)) | Q(unit__path__startswith=path))

    @classmethod
    def holds(cls, path, day):
        return cls.objects.filter(unit__path__in=_upwards(path), start__lte=day, end__gt=day).exists()


def _upwards(path):
    """The paths of the unit at `path` and of all above it."""
    return [path[:n] for n in range(4, len(path) + 1, 4)]

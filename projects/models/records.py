from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from members.access import VIEW, ScopedQuerySet, scope_of
from members.models import AuditRow, Category, Enrolment, Person, PostHolding, Unit


class RecordQuerySet(ScopedQuerySet):
    scope_field = "path"
    restricted_field = "restricted"

    def _visible_q(self, scope):
        """Besides the unit where it happened, the branch that has the person now sees what is not restricted; and
        everybody their own file, but not what a restricted record says of others beside them."""
        subjects = RecordSubject.objects.filter(record=OuterRef("pk"))
        mine = Q(pk__in=[])
        if scope.person_id:
            alone = ~Exists(subjects.exclude(person=scope.person_id))
            mine = Exists(subjects.filter(person=scope.person_id)) & (Q(restricted=False) | alone)
        theirs = Q(restricted=False) & Q(Exists(subjects.filter(scope.q(VIEW, "person__path"))))
        return super()._visible_q(scope) | theirs | mine

    def live(self):
        return self.filter(voided_at__isnull=True)

    def held(self, moment=None):
        """Those that hold, or held at `moment`: entered before and not yet taken back or put right."""
        if moment is None:
            return self.live()
        rows = self.filter(Q(voided_at=None) | Q(voided_at__gte=moment), entered_at__lt=moment)
        return rows.exclude(pk__in=void_then(moment))

    def unsealed_for(self, user):
        """All but what was written in a closed case of help and education (DOMAIN 2.6); one's own stays."""
        of_case = RecordSubject.objects.filter(record=OuterRef("pk"), enrolment__category=Category.BACKWARD)
        open_ones = Enrolment.objects.filter(category=Category.BACKWARD).without_closed_cases()
        sealed = Q(Exists(of_case.exclude(enrolment__in=open_ones)))
        if own := scope_of(user).person_id:
            sealed &= ~Q(Exists(of_case.filter(person=own)))
        return self.exclude(sealed)


def void_then(moment):
    """Keys of the records that were taken back at `moment` and have been brought back since: the trace alone knows."""
    traces = AuditRow.objects.filter(object_type=Record._meta.label_lower)
    restored = traces.filter(act="restore_record")
    between = restored.filter(object_id=OuterRef("object_id"), at__gt=OuterRef("at"), at__lt=moment)
    taken_back = traces.filter(~Exists(between), act="void_record", at__lt=moment)
    later = taken_back.filter(object_id__in=restored.filter(at__gte=moment).values("object_id"))
    return later.annotate(key=Cast("object_id", models.BigIntegerField())).values("key")


class Record(models.Model):
    """Something a person's hand wrote down: a follow-up, visit, talk, task, stake … Stays with the unit where it
    happened. Nothing is deleted: it is voided with a reason."""

    submission_id = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=50, db_index=True)  # "joint.follow_up"
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="records")
    path = models.CharField(max_length=255, db_index=True, editable=False)
    post = models.ForeignKey(PostHolding, null=True, blank=True, on_delete=models.PROTECT, related_name="records")
    happened_on = models.DateField(_("date"))
    entered_at = models.DateTimeField()
    entered_late = models.BooleanField(default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="records")
    narrative = models.TextField(_("what was said and done"), blank=True, max_length=4000)
    restricted = models.BooleanField(default=False, editable=False)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    void_reason = models.CharField(max_length=200, blank=True)
    amends = models.OneToOneField(  # the former version, which this one took the place of
        "self", null=True, on_delete=models.PROTECT, related_name="amended_by", editable=False
    )
    origin = models.ForeignKey(  # the first version of it; empty on that one
        "self", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    amend_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    carried_from = models.ForeignKey(  # the old ledger it was taken over from; who wrote that is not known here
        "projects.OldLedger", null=True, on_delete=models.PROTECT, related_name="records", editable=False
    )

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("record")
        indexes = [models.Index(fields=["path", "-happened_on"], name="record_path_happened")]

    def __str__(self):
        return f"{self.kind} {self.happened_on}"

    def versions(self):
        """Every version there is of this record, itself among them."""
        first = self.origin_id or self.pk
        return Record.objects.filter(Q(pk=first) | Q(origin=first))

    def concerned(self):
        """Keys of the people the record speaks of: its subjects, or who holds the post."""
        post = [self.post.person_id] if self.post and self.post.person_id else []
        return [*self.subjects.order_by("pk").values_list("person_id", flat=True)] or post


class OfPeople(models.Manager):
    """Of rows about people: those of a voided file (it went into another one, and what counts with it) are in no list
    and no count."""

    def get_queryset(self):
        return super().get_queryset().filter(person__voided_at=None)

    def known(self, moment):
        """As far as known at `moment` (None: now): also those of files that went into another one since."""
        there = Q(person__voided_at=None) | (Q(person__voided_at__gte=moment) if moment else Q())
        return super().get_queryset().filter(there)


class RecordSubject(models.Model):
    """Whom a record concerns, and in which enrolment."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="subjects")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="record_rows")
    enrolment = models.ForeignKey(Enrolment, null=True, on_delete=models.PROTECT, related_name="record_rows")

    objects = OfPeople()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "person"], name="record_subject_once")]
        indexes = [models.Index(fields=["enrolment", "record"], name="subject_enrolment_record")]


class Detail(models.Model):
    """The columns a kind of record has of its own. One row a record, with the record's key."""

    record = models.OneToOneField(
        Record, primary_key=True, on_delete=models.PROTECT, related_name="%(app_label)s_%(class)s"
    )

    class Meta:
        abstract = True

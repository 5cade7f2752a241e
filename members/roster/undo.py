"""Taking a written roster back: the state before it, unless somebody has worked on it since. Set-based like the
writing; nothing is deleted: files that the roster made are voided, dated rows superseded."""

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Case, CharField, DateTimeField, F, JSONField, Q, Value, When
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members import hooks
from members.access import WRITE, require
from members.audit import trace
from members.edits import UNDOABLE, Edited, edits_of
from members.models import (
    AuditRow,
    BranchMembership,
    Cause,
    Enrolment,
    NameGram,
    Person,
    PostHolding,
    RosterFormer,
    RosterImport,
    StandingRow,
    Status,
    Unit,
)
from members.roster.bulk import insert_rows, insert_select, key_value, quoted
from members.roster.forget import forget_formers
from members.roster.staging import RESTORED, Effect
from xitun.lib.dates import today
from xitun.lib.names import name_grams


def may_be_undone(roster):
    """Whether the days for taking it back are not over. Whether nobody worked on it since, the act itself looks."""
    written = roster.confirmed_at
    return bool(written and not roster.undone_at and written > timezone.now() - UNDOABLE)


@transaction.atomic
def undo_roster(*, by, roster, spare=False):
    """Restore what stood before `confirm_roster`. Raises Edited when somebody has worked on any of the people since, or
    a quarter that counts them was sealed; with `spare` those stay as they are and the others go back. Returns
    (RosterImport, number of people taken back)."""
    roster = RosterImport.objects.select_for_update().select_related("unit").get(pk=roster.pk)
    if by is not None:
        require(by, WRITE, roster.path)
    if roster.undone_at or not roster.confirmed_at:
        raise ValidationError(_("There is nothing to take back. Nothing was changed."))
    if not may_be_undone(roster):
        raise ValidationError(
            _("This was written on %(day)s. An import can be taken back for %(n)s days; correct people on their pages.")
            % {"day": date_format(roster.confirmed_at), "n": UNDOABLE.days}
        )
    list(Person.objects.filter(pk__in=_touched(roster)).locked().values_list("pk"))
    sealed = _sealed_since(roster)
    free = _touched(roster).exclude(pk__in=_written(roster).filter(unit__in=sealed).values("person"))
    if sealed and not free.exists():
        raise ValidationError(
            _("A quarter sealed since the import counts all it wrote. Sealed numbers stay; nothing was changed.")
        )
    edits = edits_of(free, since=roster.confirmed_at)
    free = free.exclude(pk__in=[edit.person.pk for edit in edits])
    if (edits or sealed) and not spare:
        raise Edited(edits, sealed=sealed, left=free.count())
    return roster, _Undoing(by, roster, free, sealed).all()


def _sealed_since(roster):
    """The branches it wrote for of which a quarter that counts it was sealed since. Usually one statement."""
    asked = {"since": roster.confirmed_at, "day": roster.on}
    paths = sorted({path for sealed_since in hooks.sealed_since for path in sealed_since(roster.path, **asked)})
    if not paths:
        return []
    here = Q(*[Q(path__startswith=path) for path in paths], _connector=Q.OR)
    return list(Unit.objects.filter(here, pk__in=_written(roster).values("unit")))


def _written(roster):
    return roster.lines.filter(effect__in=(Effect.NEW, Effect.CHANGED))


def _touched(roster):
    """The people whom the import wrote, as a subquery: those it made, and those it changed; also those whose file
    another act has voided since."""
    lines = roster.lines.filter(effect=Effect.CHANGED).values("person")
    return Person._base_manager.filter(Q(pk__in=lines) | _made(roster)).values("pk")


def _made(roster):
    return Q(pk__in=roster.lines.filter(effect=Effect.NEW).values("person"), created_at=roster.confirmed_at)


class _Undoing:
    """One undoing. `people`: keys of those who go back, as a subquery; `sealed`: the branches whose people stay."""

    def __init__(self, by, roster, people, sealed):
        self.by, self.roster, self.now = by, roster, timezone.now()
        self.why, self.sealed = Cause.IMPORT_UNDONE, sealed
        self.people = Person.objects.filter(pk__in=people)
        self.made = self.people.filter(_made(roster))
        self.formers = roster.formers.filter(person__in=people)

    def all(self):
        number = self.people.count()
        self.traces()
        self.enrolments()
        self.posts()
        self.standings()
        self.columns()
        self.files()
        self.roster.undone_at = self.now
        self.roster.save(update_fields=["undone_at"])
        forget_formers(self.roster, by=self.by)
        detail = {"file": self.roster.file_name, "people": number}
        if self.sealed:
            detail["sealed"] = _written(self.roster).filter(unit__in=self.sealed).count()
        trace("undo_roster", by=self.by, obj=self.roster, detail=detail)
        return number

    def written(self, model):
        """The dated rows of `model` that the import wrote about these people."""
        return model.objects.filter(recorded_at=self.roster.confirmed_at, person__in=self.people.values("pk"))

    def enrolments(self):
        rows = self.written(Enrolment).filter(superseded_at=None)
        ids = list(rows.values_list("pk", flat=True))
        never_held = When(status=Status.PROPOSED, then=Value(Status.WITHDRAWN))
        rows.update(
            status=Case(never_held, default=Value(Status.ENDED)), to_date=F("from_date"), superseded_at=self.now,
            version=F("version") + 1, decided_by=self.by, decided_at=self.now, decision_reason=self.why,
        )  # fmt: skip
        for tell in hooks.enrolments_ended:
            tell(ids, on=today(), by=self.by, why=self.why)

    def posts(self):
        rows = self.written(PostHolding).filter(superseded_at=None)
        ids = list(rows.values_list("pk", flat=True))
        rows.update(superseded_at=self.now, to_date=F("from_date"))
        for tell in hooks.posts_left:
            tell(ids, on=today(), by=self.by, why=self.why)

    def standings(self):
        """Where the import moved a standing, the row before it is written anew: it holds again, and was known not to
        in between."""
        moved = self.formers.exclude(standing=F("person__standing"))
        self.written(StandingRow).filter(person__in=moved.values("person")).update(superseded_at=self.now)
        before = StandingRow.objects.filter(pk__in=moved.values("standing_row"))
        columns = {name: F(name) for name in ("person", "from_date", "standing", "reason")} | {
            "recorded_at": Value(self.now, DateTimeField()),
            "recorded_by": key_value(self.by),
        }
        insert_select(StandingRow, columns, before)
        before.filter(superseded_at=None).update(superseded_at=self.now)

    def columns(self):
        """The columns of changed people as they were, and the keys of the names that come back with them."""
        renamed = list(
            self.formers.exclude(name=F("person__name"), reading=F("person__reading")).values_list(
                "person", "name", "reading"
            )
        )
        person, former = (connection.ops.quote_name(model._meta.db_table) for model in (Person, RosterFormer))
        sets = ", ".join(f"{q} = f.{q}" for q in map(quoted(Person), RESTORED))
        roster = RosterFormer._meta.get_field("roster").get_db_prep_value(self.roster.pk, connection)
        now = Person._meta.get_field("updated_at").get_db_prep_value(self.now, connection)
        mine, values = self.formers.values("pk").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {person} SET {sets}, version = {person}.version + 1, updated_at = %s FROM {former} f "
                f"WHERE f.person_id = {person}.id AND f.roster_id = %s AND f.id IN ({mine})",
                [now, roster, *values],
            )
        NameGram.objects.filter(person__in=[pk for pk, _name, _reading in renamed]).delete()
        grams = ((gram, pk) for pk, name, reading in renamed for gram in sorted(name_grams(name, reading)))
        insert_rows(NameGram, ("gram", "person"), grams)

    def files(self):
        """The files that the import made: voided, their numbers free for the next one."""
        NameGram.objects.filter(person__in=self.made.values("pk")).delete()
        for model in (BranchMembership, StandingRow):
            model.objects.filter(person__in=self.made.values("pk"), superseded_at=None).update(superseded_at=self.now)
        self.made.update(voided_at=self.now, id_hash=None, category="", version=F("version") + 1)

    def traces(self):
        columns = {
            "at": Value(self.now, DateTimeField()), "actor": key_value(self.by), "act": Value("undo_roster"),
            "purpose": Value(""), "object_type": Value("members.person"), "object_id": Cast("pk", CharField()),
            "person": F("pk"), "path": F("path"), "restricted": Value(False),
            "detail": Value({"roster": str(self.roster.pk)}, JSONField()),
        }  # fmt: skip
        insert_select(AuditRow, columns, self.people)

"""Writing a confirmed roster: everything in one transaction, in a number of statements that does not grow with it."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import (
    Case,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    F,
    JSONField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from members.access import CONFIRM, WRITE, require, scope_of
from members.audit import trace
from members.jobs import cancel_jobs
from members.models import (
    AuditRow,
    BranchMembership,
    Category,
    Enrolment,
    FormerIdentity,
    NameGram,
    Person,
    PostHolding,
    RosterFormer,
    RosterImport,
    RosterLine,
    StandingRow,
    Status,
)
from members.models.enrolments import LIVE, RESTRICTED_CATEGORIES
from members.roster import differences, staging
from members.roster.bulk import fresh_statistics, given, insert_rows, insert_select, key_value, quoted
from members.roster.former import OF_THE_NUMBER
from members.roster.staging import DATES, RESTORED, TEXTS, Effect
from xitun.lib.dates import Quarter
from xitun.lib.names import name_grams

_COPIED = (*TEXTS, "pinyin", "initials", *DATES, "id_number", "id_hash", "standing", "unit")
_WRITTEN = (Effect.NEW, Effect.CHANGED)


@transaction.atomic
def confirm_roster(*, by, roster, at_work=False):
    """Write what the preview showed, as far as it still holds: lines are matched again under the lock. Confirming twice
    changes nothing, and while a worker has it only that one writes (`at_work`). Returns the RosterImport with its
    counts."""
    roster = RosterImport.objects.select_for_update().select_related("unit").get(pk=roster.pk)
    if roster.confirmed_at:
        return roster
    if by is not None:
        require(by, WRITE, roster.path)
    if roster.busy and not at_work:
        raise ValidationError(_("This roster is being worked on. Wait until that has ended."))
    if roster.asking:
        raise ValidationError(_("Say first what the headings of the roster mean."))
    # Who may confirm no more what they have sent, proposes.
    roster.direct = roster.direct and (by is None or scope_of(by).can(CONFIRM, roster.path))
    _Writing(by, roster).all()
    return roster


@transaction.atomic
def discard_roster(*, by, roster):
    """Throw an upload away unwritten, with everything it held."""
    roster = RosterImport.objects.select_for_update().get(pk=roster.pk)
    if roster.confirmed_at:
        raise ValidationError(_("This roster has been written already. Correct people on their own pages."))
    trace("discard_roster", by=by, obj=roster, detail={"file": roster.file_name})
    cancel_jobs(roster.pk)
    roster.delete()


class _Writing:
    """One confirmation. The steps stand in `all` in the order in which they need each other."""

    def __init__(self, by, roster):
        self.by, self.roster, self.now = by, roster, timezone.now()
        self.stamp = {
            "recorded_at": Value(self.now, DateTimeField()),
            "recorded_by": key_value(by),
            "from_date": Value(roster.on, DateField()),
        }

    def all(self):
        staging.match(self.roster, lock=True)
        self.formers()
        self.people()
        self.corrections()
        self.standings()
        self.categories()
        self.posts()
        self.grams()
        fresh_statistics(Person, BranchMembership, StandingRow, Enrolment, PostHolding)
        self.traces()
        self.finish()

    def lines(self, *effects):
        return self.roster.lines.filter(effect__in=effects)

    def formers(self):
        """What stands now of everybody who is about to change, for `undo_roster`."""
        opened = StandingRow.objects.filter(person=OuterRef("person"), to_date=None, superseded_at=None)
        columns = {name: F(f"person__{name}") for name in RESTORED} | {
            "roster": F("roster"),
            "person": F("person"),
            "standing_row": Subquery(opened.values("pk")[:1]),
        }
        insert_select(RosterFormer, columns, self.lines(Effect.CHANGED))

    def people(self):
        """New people, their places on the roll and their standings. A number that somebody else wrote meanwhile is
        left alone by the database, and its line then finds that person."""
        columns = {name: F(name) for name in _COPIED} | {
            "path": F("unit__path"),
            "category": self.category_at_once(),
            "version": Value(1),
            "created_at": Value(self.now, DateTimeField()),
            "updated_at": Value(self.now, DateTimeField()),
        }
        insert_select(Person, columns, self.lines(Effect.NEW))
        new = self.lines(Effect.NEW)
        numbered = Person.objects.filter(id_hash=OuterRef("id_hash"))
        new.filter(id_hash__isnull=False).update(person=Subquery(numbered.values("pk")[:1]))
        for born, mine in ((Q(birth_date=OuterRef("birth_date")), Q(birth_date__isnull=False)), (_UNBORN, _UNBORN)):
            named = Person.objects.filter(
                born, unit=OuterRef("unit"), name=OuterRef("name"), id_hash=None, created_at=self.now
            )
            new.filter(mine, id_hash=None).update(person=Subquery(named.values("pk")[:1]))
        dated = {"person": F("person"), **self.stamp}
        insert_select(BranchMembership, {**dated, "unit": F("unit"), "reason": Value("")}, new)
        insert_select(StandingRow, {**dated, "standing": F("standing"), "reason": Value("")}, new)

    def category_at_once(self):
        """Over lines of new people: the category that `categories` is going to give them."""
        given = differences.ON_ROLL if self.roster.direct else Q(pk__in=[])
        return Case(When(given, then=F("category")), default=Value(""))

    def corrections(self):
        """What the roster knows goes over what stood there; a blank cell leaves it alone."""
        changed = self.lines(Effect.CHANGED)
        renamed = changed.filter(former_name=False).exclude(name=F("person__name"))
        self.renamed = list(renamed.values_list("person", flat=True))
        person, line = (connection.ops.quote_name(model._meta.db_table) for model in (Person, RosterLine))
        sets = ", ".join(f"{quoted(Person)(name)} = {said}" for name, said in _corrected(person).items())
        roster = RosterLine._meta.get_field("roster").get_db_prep_value(self.roster.pk, connection)
        now = Person._meta.get_field("updated_at").get_db_prep_value(self.now, connection)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {person} SET {sets}, version = {person}.version + 1, updated_at = %s "
                f"FROM {line} l WHERE l.person_id = {person}.id AND l.roster_id = %s AND l.effect = %s",
                [now, roster, str(Effect.CHANGED)],
            )

    def standings(self):
        """Standings that went forward: the open row ends, the next begins. One that began that day is superseded."""
        moved = self.lines(Effect.CHANGED).filter(standing__gt="").exclude(standing=F("person__standing"))
        people = list(moved.values_list("person", flat=True))
        if not people:
            return
        rows = StandingRow.objects.filter(person__in=people, to_date=None, superseded_at=None)
        rows.filter(from_date__gte=self.roster.on).update(superseded_at=self.now, to_date=F("from_date"))
        rows.update(to_date=self.roster.on)
        columns = {"person": F("person"), "standing": F("standing"), "reason": Value(""), **self.stamp}
        insert_select(StandingRow, columns, self.lines(Effect.CHANGED).filter(person__in=people))
        mine = RosterLine.objects.filter(roster=self.roster, person=OuterRef("pk"), effect=Effect.CHANGED)
        Person.objects.filter(pk__in=people).update(standing=Subquery(mine.values("standing")[:1]))

    def categories(self):
        """People without a primary category take the roster's, when the importer may confirm; the restricted two as
        carried over, to be regularised. Everything else waits as a proposal for the town."""
        lines = self.lines(*_WRITTEN)
        settled = Q(pk__in=[]) if not self.roster.direct else ~Q(Exists(_LIVE_PRIMARY))
        primary = lines.filter(differences.wants_category())
        self.enrol(primary.filter(settled), F("category"), primary=True, active=True)
        self.enrol(lines.filter(differences.wants_category()), F("category"), primary=True, active=False)
        for code in Category.values:
            further = lines.filter(differences.wants_further_one(code))
            self.enrol(further, Value(code), primary=False, active=self.roster.direct)
        own = Enrolment.objects.filter(person=OuterRef("pk"), primary=True, status__in=LIVE, recorded_at=self.now)
        of_these = Person.objects.filter(Exists(own), pk__in=lines.values("person"))  # not everybody of a province
        category = Subquery(own.values("category")[:1])
        of_these.exclude(category=category).update(category=category)  # the new have theirs already

    def enrol(self, lines, category, *, primary, active):
        for restricted in (False, True):
            kind = Q(category__in=RESTRICTED_CATEGORIES) if primary else Q()
            if not primary and (category.value in RESTRICTED_CATEGORIES) != restricted:
                continue
            insert_select(
                Enrolment,
                self.enrolment(category, primary, active, restricted),
                lines.filter(kind if restricted else ~kind) if primary else lines,
            )

    def enrolment(self, category, primary, active, restricted):
        """The columns of an Enrolment over lines. `active` ones are decided by the importer; restricted ones are not
        confirmed by anybody: they are carried over."""
        decided = active and not restricted
        return {
            "person": F("person"), "unit": F("unit"), "path": F("unit__path"), "category": category,
            "primary": Value(primary), "restricted": Value(restricted), "carried_over": Value(restricted),
            "status": Value(str(Status.ACTIVE if active else Status.PROPOSED)), "version": Value(1),
            "reason": F("about_category"), "decision_reason": Value(""),
            "decided_by": key_value(self.by if decided else None),
            "decided_at": given(self.now if decided else None, DateTimeField()),
            "regularise_by": given(Quarter.of(self.roster.on).last_day if restricted else None, DateField()),
            **self.stamp,
        }  # fmt: skip

    def posts(self):
        columns = {
            "person": F("person"), "unit": F("unit"), "path": F("unit__path"), "holder_name": F("person__name"),
            "title": F("post"), "division": Value(""), **self.stamp,
        }  # fmt: skip
        insert_select(PostHolding, columns, self.lines(*_WRITTEN).filter(differences.wants_post()))

    def grams(self):
        """The fragments under which names are found, for the new and the renamed."""
        NameGram.objects.filter(person__in=self.renamed).delete()
        named = self.lines(Effect.NEW).values_list("person", "name")
        renamed = self.lines(Effect.CHANGED).filter(person__in=self.renamed).values_list("person", "name")
        people = (pair for rows in (named, renamed) for pair in rows.iterator())
        before = defaultdict(set)  # names borne before are still found
        former = FormerIdentity.objects.borne().filter(person__in=self.renamed)
        for pk, name in former.exclude(name="").values_list("person", "name"):
            before[pk] |= name_grams(name)
        pairs = ((gram, pk) for pk, name in people for gram in sorted(name_grams(name) | before.get(pk, set())))
        insert_rows(NameGram, ("gram", "person"), pairs)

    def traces(self):
        """An audit row for every person registered or corrected and every category given, and one for the act."""
        about = {"roster": str(self.roster.pk)}
        people = {
            "object_type": Value("members.person"), "object_id": Cast("person_id", CharField()), "person": F("person"),
            "path": F("unit__path"), "restricted": Value(False), "detail": Value(about, JSONField()),
        }  # fmt: skip
        self.trace("register_person", people, self.lines(Effect.NEW))
        self.trace("correct_person", people, self.lines(Effect.CHANGED))
        given = {
            "object_type": Value("members.enrolment"), "object_id": Cast("id", CharField()), "person": F("person"),
            "path": F("path"), "restricted": F("restricted"), "detail": Value(about, JSONField()),
        }  # fmt: skip
        mine = Enrolment.objects.filter(
            recorded_at=self.now, recorded_by=self.by, person__in=self.lines(*_WRITTEN).values("person")
        )
        self.trace("propose_category", given, mine.filter(status=Status.PROPOSED))
        self.trace("confirm_category", given, mine.filter(status=Status.ACTIVE, carried_over=False))
        self.trace("carry_over_category", given, mine.filter(status=Status.ACTIVE, carried_over=True))

    def trace(self, act, columns, rows):
        common = {
            "at": Value(self.now, DateTimeField()), "actor": key_value(self.by),
            "act": Value(act), "purpose": Value(""),
        }  # fmt: skip
        insert_select(AuditRow, common | columns, rows)

    def finish(self):
        """Count, and let the staged personal values go: they stand in their own place now."""
        roster = self.roster
        roster.created = self.lines(Effect.NEW).count()
        roster.changed = self.lines(Effect.CHANGED).count()
        roster.unchanged = self.lines(Effect.UNCHANGED).count()
        roster.confirmed_at, roster.headings, roster.busy = self.now, None, False
        roster.save()
        roster.pieces.all().delete()
        texts = [*TEXTS[1:], "pinyin", "initials", "category", "also", "about_category", "post", "standing"]
        blank = dict.fromkeys(texts, "") | dict.fromkeys([*DATES, "id_number", "id_hash", "raw"])
        roster.lines.update(**blank)
        roster.lines.filter(settled=RosterLine.Settled.SAME).update(suggestions={})
        counts = {"created": roster.created, "changed": roster.changed, "unchanged": roster.unchanged}
        trace("confirm_roster", by=self.by, obj=roster, detail=counts | {"file": roster.file_name})


def _corrected(person):
    """{column: SQL} of what a line `l` makes of the table `person`."""
    column = quoted(Person)
    sets = {name: f"COALESCE(NULLIF(l.{column(name)}, ''), {person}.{column(name)})" for name in TEXTS}
    sets |= {name: f"COALESCE(l.{column(name)}, {person}.{column(name)})" for name in DATES}
    for name in OF_THE_NUMBER:
        sets[name] = f"CASE WHEN l.id_hash <> {person}.id_hash THEN {person}.{column(name)} ELSE {sets[name]} END"
    # Who keeps the name keeps how it is read; a new name is read anew.
    kept = f"CASE WHEN l.former_name OR l.{column('name')} IN ('', {person}.{column('name')}) THEN {person}."
    sets |= {name: f"{kept}{column(name)} ELSE l.{column(name)} END" for name in ("name", "pinyin", "initials")}
    sets["reading"] = f"{kept}{column('reading')} ELSE '' END"
    # Who had no number gets the roster's; whose number is another keeps it: that is corrected on their own page.
    return sets | {name: f"COALESCE({person}.{column(name)}, l.{column(name)})" for name in ("id_number", "id_hash")}


_UNBORN = Q(birth_date=None)
_LIVE_PRIMARY = Enrolment.objects.filter(person=OuterRef("person"), primary=True, status__in=LIVE)

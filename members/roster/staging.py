"""A judged roster in the database, and what its lines would do to the people already there. Nothing here writes a
person: see members.roster.write."""

from io import SEEK_END

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from members.access import CONFIRM, WRITE, require, scope_of
from members.audit import trace
from members.models import Person, RosterImport, RosterLine
from members.roster import judge_sheets
from members.roster.alike import match_alike
from members.roster.bulk import CHUNK, fresh_statistics, insert_rows
from members.roster.differences import contradicts, differs, falls_back, overlaps
from members.roster.forget import forget_rosters
from members.roster.former import borne_before, mark_former, match_former, match_former_names
from members.roster.headings import headings_of, pack
from members.roster.kept import keep_file, kept_file
from members.roster.layout import WHY
from members.roster.offices import meanings_of, names_of
from members.roster.reasons import REJECT
from members.roster.rows import COLUMNS, DATES, TEXTS, staged
from xitun.lib.dates import today
from xitun.lib.readers import read_workbook

Effect, Settled = RosterLine.Effect, RosterLine.Settled
LARGE_FILE = 400_000  # bytes; about 6,000 lines, some ten seconds
RESTORED = (  # of a person, by an undo
    *TEXTS, "reading", "pinyin", "initials", *DATES, "id_number", "id_hash", "category", "standing",
)  # fmt: skip


@transaction.atomic
def stage_roster(*, by, unit, source, filename="", on=None, later=None):
    """Judge a file for the branches at and below `unit` and keep the result for a preview. Returns the RosterImport.

    Raises FileRefused when the file is no table, ValidationError when no sheet of it is a roster. `by=None` is the
    command line, which may confirm categories and is asked nothing. A large file is left to `later` (background.
    judge_later) where it is given: the RosterImport is then `busy`.
    """
    if by is not None:
        require(by, WRITE, unit.path)
    forget_rosters()
    sheets = read_workbook(source, filename)
    roster = RosterImport.objects.create(
        unit=unit,
        path=unit.path,
        uploaded_by=by,
        file_name=str(filename)[-200:],
        on=on or today(),
        direct=by is None or scope_of(by).can(CONFIRM, unit.path),
    )
    if by is not None:
        keep_file(roster, source)
    if not _left(roster, source, later, by=by):
        _judge_into(roster, sheets)
    trace("stage_roster", by=by, obj=roster, detail={"file": roster.file_name, "lines": roster.lines.count()})
    return roster


def _left(roster, source, later, *, by):
    """Whether the judging of a large file was left to `later`."""
    if not later or source.seek(0, SEEK_END) <= LARGE_FILE:
        return False
    later(roster, by=by)
    return True


def judge_anew(roster, *, by, later=None):
    """Judge an open roster by what its headings mean now; a large one is left to `later`, as by `stage_roster`."""
    file = kept_file(roster)
    return roster if _left(roster, file, later, by=by) else _judge_file(roster, file)


def judge_kept(roster, step=None):
    """Judge the file of an open roster from its beginning, as it was kept. `step(number of lines)` is called on the
    way and may raise."""
    return _judge_file(roster, kept_file(roster), step)


def _judge_file(roster, file, step=None):
    roster.lines.all().delete()
    _judge_into(roster, read_workbook(file, roster.file_name), step)
    return roster


def _judge_into(roster, sheets, step=None):
    """Fill the roster's lines. Where a person has to say first what headings mean it may stay empty."""
    names, meanings = names_of(roster), meanings_of(roster.unit)
    lines, skipped = judge_sheets(sheets, names, meanings)
    lines = _stepping(lines, step) if step else lines
    insert_rows(RosterLine, COLUMNS, (staged(roster, number, line) for number, line in enumerate(lines, start=1)))
    fresh_statistics(RosterLine)
    headings = headings_of(sheets, names, meanings) if roster.uploaded_by_id else []
    roster.asking = any(heading.asked for heading in headings)
    if not roster.asking and not roster.lines.exists():
        raise ValidationError(_nobody(skipped))
    roster.headings = pack(headings)
    roster.skipped = [[sheet.sheet, sheet.code] for sheet in skipped]
    match(roster)
    roster.busy = False
    with transaction.atomic():  # ready, says only who was not taken for dead meanwhile
        if step:
            step(roster.lines.count())
        roster.save(update_fields=["asking", "headings", "skipped", "busy"])


def _stepping(lines, step):
    number = 0
    for number, line in enumerate(lines, start=1):
        yield line
        if number % CHUNK == 0:
            step(number)
    step(number)


def open_roster(roster, *, by):
    """The roster, locked, for an act that comes before its writing."""
    roster = RosterImport.objects.select_for_update().select_related("unit").get(pk=roster.pk)
    require(by, WRITE, roster.path)
    if roster.confirmed_at:
        raise ValidationError(_("This roster has been written already. Correct people on their own pages."))
    if roster.busy:
        raise ValidationError(_("This roster is being worked on. Wait until that has ended."))
    return roster


def _nobody(skipped):
    why = [sheet.said for sheet in skipped] or [str(WHY["empty"])]
    return [_("No roster was found in the file."), *why, _("A roster has a row of headings with 姓名 and 身份证号.")]


def match(roster, lock=False, only=None):
    """Set `person` and `effect` of every line that was not refused, by what stands in the database now. With `lock` the
    people found are locked before anything is compared, for a caller who is about to write. `only`: keys of the lines
    to look at; all where none are given.

    People are the same by ID number only, the present one or one borne before. A namesake with the same birth date in
    the same branch, where one of the two has no number, is left for a person to settle (DOMAIN §6, 4); somebody on
    another branch's roll is left for a transfer (18).
    """
    lines = roster.lines.exclude(outcome=REJECT)
    lines = lines if only is None else lines.filter(pk__in=only)
    same_number = Person.objects.filter(id_hash=OuterRef("id_hash"))
    fresh = {"effect": Effect.NEW, "former_number": False, "former_name": False}
    matched = ~Q(effect=Effect.NEW) | Q(person__isnull=False) | Q(former_number=True) | Q(former_name=True)
    before_or_now = lines.filter(matched | Exists(same_number))  # a line of somebody new is not written for nothing
    before_or_now.update(person=Subquery(same_number.values("pk")[:1]), **fresh)
    match_former(lines)
    _take_decisions(lines)
    if lock:
        _lock_people(lines)
    mark_former(lines)
    undecided = lines.filter(settled="")
    _match_namesakes(undecided)
    match_alike(undecided)
    known = lines.filter(person__isnull=False, effect=Effect.NEW)
    found_apart = known.filter(Q(settled=Settled.SAME) | Q(former_number=True))
    known.filter(pk__in=_ids(found_apart.filter(Exists(_another_line())))).update(effect=Effect.BY_HAND)
    unsettled = falls_back() | (Q(person__unit=F("unit")) & (overlaps() | contradicts()))
    known.filter(pk__in=_ids(known.filter(unsettled))).update(effect=Effect.BY_HAND)
    known.filter(pk__in=_ids(known.exclude(person__unit=F("unit")))).update(effect=Effect.ELSEWHERE)
    known.filter(pk__in=_ids(known.filter(differs()))).update(effect=Effect.CHANGED)
    known.update(effect=Effect.UNCHANGED)


def _take_decisions(lines):
    """What a person said of a line holds, unless its number has since become somebody else's."""
    lines.filter(settled=Settled.OUT).update(effect=Effect.LEFT_OUT)
    same = lines.filter(Q(person=None) | Q(person=F("settled_person")), settled=Settled.SAME)
    lines.filter(pk__in=_ids(same)).update(person=F("settled_person"))


def _another_line():
    """Another line of the roster that would be written for the same person."""
    of_theirs = RosterLine.objects.filter(roster=OuterRef("roster"), person=OuterRef("person"))
    return of_theirs.exclude(pk=OuterRef("pk")).filter(effect__in=(Effect.NEW, Effect.CHANGED, Effect.UNCHANGED))


def _lock_people(lines):
    """Wait for the acts under way on the people found, as every act on a person does; whose number was corrected
    meanwhile is no longer found by it."""
    list(Person.objects.filter(pk__in=lines.values("person")).locked().values_list("pk"))
    other = lines.filter(person__isnull=False, settled="").exclude(person__id_hash=F("id_hash"))
    other = other.exclude(borne_before(id_hash=OuterRef("id_hash")))
    lines.filter(pk__in=_ids(other)).update(person=None)
    match_former(lines)  # a merge under way has given the number to the kept file


def _match_namesakes(lines):
    known_birth, no_birth = lines.filter(birth_date__isnull=False), lines.filter(birth_date=None)
    for some, born in ((known_birth, Q(birth_date=OuterRef("birth_date"))), (no_birth, Q(birth_date=None))):
        same = Person.objects.filter(born, unit=OuterRef("unit"), name=OuterRef("name"))
        lacks_number = same.filter(id_hash=None)
        numbered, unnumbered = some.filter(person=None, id_hash__isnull=False), some.filter(person=None, id_hash=None)
        numbered.filter(Exists(lacks_number)).update(person=Subquery(lacks_number.values("pk")[:1]))
        unnumbered.filter(Exists(same)).update(person=Subquery(same.values("pk")[:1]))
        earlier = RosterLine.objects.filter(
            born, roster=OuterRef("roster"), unit=OuterRef("unit"), name=OuterRef("name"), id_hash=None,
            number__lt=OuterRef("number"),
        ).exclude(outcome=REJECT)  # fmt: skip
        repeated = some.filter(Exists(earlier), id_hash=None, person=None)
        lines.filter(pk__in=_ids(repeated)).update(effect=Effect.BY_HAND)
    match_former_names(lines)
    found = lines.filter(Q(id_hash=None) | Q(person__id_hash=None), person__isnull=False)
    same_in_all = found.filter(id_hash=None, birth_date__isnull=False).exclude(differs()).exclude(falls_back())
    lines.filter(pk__in=_ids(same_in_all)).update(effect=Effect.UNCHANGED)
    lines.filter(pk__in=_ids(found.filter(effect=Effect.NEW))).update(effect=Effect.BY_HAND)


def _ids(lines):
    return lines.values("pk")

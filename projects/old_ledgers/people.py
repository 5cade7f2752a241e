"""Whom a row of an old ledger is about: by ID number, else by branch, name and birth date; else a person chooses
(DOMAIN §6, 4). Nobody is found by the name alone."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from members.models import Enrolment, FormerIdentity, PostHolding, Unit
from members.models.dated import true_on
from members.roster.branches import Branches
from members.roster.columns import plain
from members.roster.judge import month_of
from projects.workflow import Subject
from xitun.lib.crypto import keyed_hash
from xitun.lib.dates import parse_date, today
from xitun.lib.ids import IdNumberError, parse_id_number
from xitun.lib.names import normalise_name
from xitun.lib.readers import cell_text

from .headings import TITLE

WHY = {
    "no_name": (_("no name"), _("Write the name.")),
    "id_number": (_("not an ID number"), _("Type it as text, 18 characters, or leave the cell empty.")),
    "branch": (_("no branch of this unit"), _("Write the branch's name as it is in the system.")),
    "nobody": (_("nobody of this name and branch stands in this project"), _("Propose the category first.")),
    "not_here": (
        _("nobody with this ID number stands in this project here"),
        _("Check the number; propose the category first."),
    ),
    "other_name": (
        _("the ID number is somebody else's than the name"),
        _("Say below who it is, or correct the number."),
    ),
    "choose": (_("known by the name only"), _("Say below who it is.")),
    "namesakes": (_("several people may be meant"), _("Say below who it is.")),
    "birth": (_("the birth date is another one"), _("Say below who it is, or correct the date.")),
}


@dataclass(frozen=True)
class Found:
    """`subject`: the enrolment or post, or None; then `code` (of WHY), `column` and whom a person may choose from."""

    subject: object = None
    code: str = ""
    column: str = "name"
    candidates: tuple = ()


class People:
    """Everybody whom an old ledger of this project may be about: those in it now whom `user` writes for, at `unit`."""

    def __init__(self, project, user, unit):
        self.by_post = project.ledger_subject is Subject.POST
        self.path = unit.path
        units = Unit.objects.at(unit).branches().current(today())
        self.branches = Branches((row.pk, row.name, row.name_en) for row in units)
        self.subjects = {row.pk: row for row in self._rows(project, user, unit)}
        self._by_name, self._by_number = defaultdict(list), {}
        for row in self.subjects.values():
            self._by_name[self.name_of(row)].append(row)
            if row.person and row.person.id_hash:
                self._by_number[row.person.id_hash] = row

    def _rows(self, project, user, unit):
        if self.by_post:
            rows = PostHolding.objects.writable_by(user).filter(true_on(today()))
        else:
            rows = Enrolment.objects.writable_by(user).live().filter(category=project.category, superseded_at=None)
        rows = rows.filter(path__startswith=unit.path).select_related("person", "unit").defer("person__id_number")
        return rows.order_by("path", "pk")

    def name_of(self, row):
        return normalise_name(row.holder_name if self.by_post and not row.person else row.person.name)

    def find(self, row):
        """Found of a members.roster.layout.Row."""
        cells = row.cells
        name = normalise_name(cell_text(cells.get("name")))
        if not is_empty(number := cells.get("id_number")):
            return self._by_id(number, name)
        if not name:
            return Found(code="no_name")
        same = self._by_name.get(name, [])
        if text := cell_text(cells.get("branch")):
            branch = self.branches.recognise(text)
            if branch is None:
                return Found(code="branch", column="branch", candidates=tuple(same))
        else:
            branch = row.branch or self.branches.only()
        if branch is not None:
            same = [one for one in same if one.unit_id == branch]
        if not same:
            return Found(code="nobody")
        return self._by_title(same, cells) if self.by_post else self._by_birth(same, row, certain=branch is not None)

    def _by_id(self, cell, name):
        """The number tells who it is, unless a name stands beside it that this person neither bears nor bore."""
        try:
            number = parse_id_number(cell if isinstance(cell, (int, float)) else cell_text(cell)).value18
        except (IdNumberError, ValueError, OverflowError):
            return Found(code="id_number", column="id_number")
        found = self._by_number.get(keyed_hash(number))
        if not found or self.by_post:
            return Found(code="not_here", column="id_number")
        if name and name != self.name_of(found) and (found.person_id, name) not in self._borne:
            return Found(code="other_name", candidates=(found, *self._by_name.get(name, ())))
        return Found(found)

    @cached_property
    def _borne(self):
        """{(person, name)} of the names that people here bore before."""
        former = FormerIdentity.objects.borne().filter(person__path__startswith=self.path).exclude(name="")
        return {(person, normalise_name(name)) for person, name in former.values_list("person", "name")}

    def _by_title(self, same, cells):
        """A post, its branch and its holder together name one holding."""
        title = plain(cells.get(TITLE))
        found = [one for one in same if title and plain(one.title) == title]
        if len(found) == 1:
            return Found(found[0])
        return Found(code="namesakes" if len(same) > 1 else "choose", candidates=tuple(same))

    def _by_birth(self, same, row, *, certain):
        """A whole birth date tells namesakes of one branch apart; a month does where there is no namesake."""
        cell, day, month = row.cells.get("birth_date"), None, None
        if is_empty(cell):
            return Found(code="namesakes" if len(same) > 1 else "choose", candidates=tuple(same))
        try:
            day = parse_date(cell, date1904=row.date1904)
        except (ValueError, OverflowError):
            month = month_of(cell)
        born = [one for one in same if day and one.person.birth_date == day]
        if month and len(same) == 1 and same[0].person.birth_date:
            born = [one for one in same if one.person.birth_date.replace(day=1) == month]
        if len(born) == 1 and certain:
            return Found(born[0])
        return Found(code="namesakes" if len(same) > 1 else "birth", column="birth_date", candidates=tuple(same))


def is_empty(cell):
    return cell is None or (isinstance(cell, str) and not cell.strip())

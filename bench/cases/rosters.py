"""Import: `manage import_roster` beside a loop that reads the same kind of file and calls the acts line by line, and
beside django-import-export."""

import sys
from functools import cache
from importlib.util import find_spec

from django.db import transaction

from bench import county
from members.actions import carry_over_category, confirm_category, hold_post, propose_category, register_person
from members.models import Unit
from members.models.enrolments import RESTRICTED_CATEGORIES
from members.roster import judge_file
from members.roster.branches import Branches
from xitun.lib.dates import parse_date

LARGE = 100_000  # people
SAMPLE = 300  # lines for the loop, which costs the same for each
COLUMNS = (
    "sex", "birth_date", "id_number", "phone", "group", "joined_on", "full_member_on", "education", "occupation",
    "address",
)  # fmt: skip


def beside_acts(ground):
    """Seconds a line: the whole roster by the command, a sample by the loop, into the same empty county."""
    ours, loop, _rival = _seconds_a_line(ground)
    return ours / loop


def beside_rival(ground):
    """Seconds a line beside django-import-export, which only fills the table of people: it neither judges a line nor
    matches it with who is there, and writes no category, stay, search key or trace."""
    if not find_spec("import_export"):
        print("bench: import_rival is left out: django-import-export is not installed.", file=sys.stderr, flush=True)
        return None
    ours, _loop, rival = _seconds_a_line(ground)
    return ours / rival


@cache
def _seconds_a_line(ground):
    """(ours, the loop's, the rival's) by turns, each taken back again. A province is imported once, and stays."""
    size = min(SAMPLE, ground.n // 4)
    lines = ground.sample_roster(ground.n, size), ground.sample_roster(ground.n + size, size, "csv")
    others = [lambda: _undone(lambda: _loop(lines[0], size)), lambda: _undone(lambda: _rival(lines[1], size))]
    if ground.n > LARGE:
        ours, others = ground.seconds_of_settling, ground.best(*others)
    else:
        ours, *others = ground.best(lambda: _undone(ground.import_all), *others)
    return ours / ground.n, *(spent / size for spent in others)


def _rival(path, size):
    if find_spec("import_export"):
        from bench.cases.resource import import_csv

        import_csv(path, size)


def _undone(act):
    """What the act wrote is taken back, within its time on both sides."""
    with transaction.atomic():
        act()
        transaction.set_rollback(True)


def _loop(path, size):
    units, on = {unit.pk: unit for unit in Unit.objects.branches()}, parse_date(county.SINCE)
    lines, _skipped = judge_file(path, Branches((u.pk, u.name, u.name_en) for u in units.values()), path.name)
    written = 0
    for line in lines:
        _write(units[line.values["branch"]], line.values, on)
        written += 1
    if written != size:
        raise AssertionError(f"the loop wrote {written} of {size} people")


def _write(unit, values, on):
    fields = {name: values[name] for name in COLUMNS if name in values}
    person = register_person(by=None, unit=unit, name=values["name"], standing=values["standing"], on=on, **fields)
    about = {"by": None, "person": person, "category": values["category"], "on": on, "reason": "花名册"}
    if values["category"] in RESTRICTED_CATEGORIES:
        carry_over_category(**about)
    else:
        confirm_category(by=None, enrolment=propose_category(**about))
    if "post" in values:
        hold_post(by=None, unit=unit, title=values["post"], person=person, from_date=on)

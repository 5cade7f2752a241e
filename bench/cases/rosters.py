"""Import: `manage import_roster` beside a loop that reads the same kind of file and calls the acts line by line."""

import statistics

from django.db import transaction

from bench import county
from bench.timing import REPEAT, seconds
from members.actions import carry_over_category, confirm_category, hold_post, propose_category, register_person
from members.models import Unit
from members.models.enrolments import RESTRICTED_CATEGORIES
from members.roster import judge_file
from members.roster.branches import Branches
from xitun.lib.dates import parse_date

SAMPLE = 300  # lines for the loop, which costs the same for each
COLUMNS = (
    "sex", "birth_date", "id_number", "phone", "group", "joined_on", "full_member_on", "education", "occupation",
    "address",
)  # fmt: skip


def import_beside_loop(ground):
    """Seconds a line, both ways into the same empty county: the whole roster by the command, a sample by the loop."""
    size = min(SAMPLE, ground.n)
    first = ground.n  # people that the roster does not have
    sample = ground.sample_roster(first, size)
    _undone(lambda: county.import_people(sample, ground.county))  # warm
    imports, loops = [], []
    for _turn in range(REPEAT):
        imports.append(_undone(lambda: county.import_people(ground.roster, ground.county)))
        loops.append(_undone(lambda: _loop(sample, size)))
    ground.settle()
    return (statistics.median(imports) / ground.n) / (statistics.median(loops) / size)


def _undone(act):
    """Seconds of the act, with what it wrote taken back."""
    with transaction.atomic():
        spent, _result = seconds(act)
        transaction.set_rollback(True)
    return spent


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

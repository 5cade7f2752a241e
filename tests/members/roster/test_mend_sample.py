"""The 111 refused lines of the sample, mended by hand."""

import json

from django.core.management import call_command

from members import actions
from members.models import Person, Role, Unit
from members.roster.mend import columns_of, mend_line, refused
from members.roster.reasons import REJECT
from members.roster.staging import stage_roster
from members.roster.write import confirm_roster
from tests.engines import ours
from xitun.lib.ids import parse_id_number

from .conftest import SAMPLES


def test_it_mends_what_is_refused_in_the_sample(db):
    """With what each line really says: nobody but the true duplicates stays outside."""
    call_command("import_branches", SAMPLES / "branches.csv", verbosity=0)
    truth = json.loads((SAMPLES / "roster-town.expected.json").read_text(encoding="utf-8"))["lines"]
    by_line = {row["line"]: row for row in truth}
    staff = make_cast_of(Unit.objects.get(kind="town"))
    with (SAMPLES / "roster-town.xlsx").open("rb") as file:
        roster = stage_roster(by=staff, unit=Unit.objects.get(kind="town"), source=file)
    assert refused(roster).count() == 111
    lines, doubles = ours(refused(roster)), 0
    for line in lines:
        real = by_line[line.line]
        number = parse_id_number(real["id"])
        says = {
            "name": real["name"], "id_number": real["id"], "branch": real["branch"], "standing": real["standing"],
            "category": real["category"], "sex": number.sex, "birth_date": number.birth_date.isoformat(),
        }  # fmt: skip
        assert columns_of(line), line.reasons
        mended = mend_line(
            by=staff, roster=roster, line=line, mended={column: says.get(column, "") for column in columns_of(line)}
        )
        duplicate = mended.reasons == ["duplicate_in_file"]
        assert mended.outcome != REJECT or duplicate, (real, mended.reasons)
        doubles += duplicate
    assert refused(roster).count() == 111 - len(lines) + doubles
    confirm_roster(by=staff, roster=roster)
    assert Person.objects.count() == 753 + len(lines) - doubles


def make_cast_of(unit):
    user = actions.create_user(by=None, username="clerk", password="correct horse")
    actions.grant_role(by=None, user=user, role=Role.TOWN_STAFF, unit=unit)
    return user

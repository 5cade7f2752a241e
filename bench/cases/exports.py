"""The people list as Excel, beside a bare CSV of the same rows from one cursor: only what the rows say, then with
scope, masks, words and trace."""

import csv

from django.db import connection

from members.access import EXPORT
from members.exports import export_people
from members.models import Person
from members.people_columns import COLUMNS
from members.roll import Roll
from xitun.lib.sheets import Column, Sheet, write_xlsx

SAME = "name sex born age branch group standing category joined full phone".split()  # as the CSV has them
CSV = "name sex born branch group standing category joined full phone".split()
DAYS = "born joined full".split()
ROWS = """
SELECT p.name, p.sex, p.birth_date, u.name, p."group", p.standing, {joined}, p.joined_on, p.full_member_on, p.phone
FROM members_person p JOIN members_unit u ON u.id = p.unit_id
LEFT JOIN members_enrolment e ON e.person_id = p.id AND e.status IN ('active', 'exit_proposed')
WHERE p.standing <> 'former' GROUP BY p.id, u.name ORDER BY p.pinyin, p.id
"""


def writer_beside_csv(ground):
    """The .xlsx writer alone, fed from the same cursor."""
    return _beside_csv(ground, _written)


def beside_csv(ground):
    """What a clerk gets by the button."""
    return _beside_csv(ground, lambda path: _export(ground, path))


def _beside_csv(ground, act):
    """Seconds for all people beside COPY (PostgreSQL) or a cursor and csv.writer (SQLite)."""
    ground.settle()
    sheet, plain = ground.folder / "people.xlsx", ground.folder / "people.csv"
    ours, floor = ground.best(lambda: act(sheet), lambda: _csv(plain))
    with plain.open(encoding="utf-8") as handle:
        if sum(1 for _line in handle) != ground.n:
            raise AssertionError("the CSV does not hold everybody")
    return ours / floor


def _written(path):
    kinds = ["date" if name in DAYS else "text" for name in CSV]
    columns = [Column(name, name, kind) for name, kind in zip(CSV, kinds, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_rows())
        write_xlsx(path, [Sheet("people", columns, cursor)])


def _export(ground, path):
    people = Person.objects.writable_by(ground.staff, EXPORT).on_roll().defer("id_number")
    with path.open("wb") as target:
        rows = export_people(
            by=ground.staff, people=people, roll=Roll(), order=("pinyin", "pk"), columns=[COLUMNS[key] for key in SAME],
            purpose="bench", filters={}, target=target,
        )  # fmt: skip
    if rows != ground.n:
        raise AssertionError(f"{rows} of {ground.n} people were exported")


def _csv(path):
    with path.open("w", encoding="utf-8", newline="") as target, connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.copy_expert(f"COPY ({_rows()}) TO STDOUT WITH CSV", target)
        else:
            cursor.execute(_rows())
            csv.writer(target).writerows(cursor)


def _rows():
    joined = "string_agg(e.category, ',')" if connection.vendor == "postgresql" else "group_concat(e.category)"
    return ROWS.format(joined=joined)

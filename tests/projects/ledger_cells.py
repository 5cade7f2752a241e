"""Reading ledgers in tests: rows as {heading key: cell}."""

import uuid

from projects import actions, registry
from projects.ledgers import Ledger


def table(code, user, unit, on=None, **options):
    """[{column key: cell}] of a ledger."""
    found = Ledger(registry.project(code), user, unit, on, **options)
    return [dict(zip([column.key for column in found.columns], row.cells, strict=True)) for row in found.rows()]


def write(by, kind, on, *enrolments, post=None, narrative="", **detail):
    """Save a record of `kind` as a hand would."""
    unit = post.unit if post else enrolments[0].unit
    entry = actions.Entry(kind, unit, on, uuid.uuid4(), enrolments, post=post, narrative=narrative, detail=detail)
    return actions.save_record(by=by, entry=entry)

"""Counting the queries of a page: those on our own tables, without signing in and session keeping, which are another
layer's and change with its settings."""

from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

NOT_THE_PAGE = ("usersessions_", 'FROM "members_user" WHERE "members_user"."id"', "django_session")


@contextmanager
def page_queries(number):
    """Fails, showing the statements, when the block does not run exactly `number` statements on our tables."""
    with CaptureQueriesContext(connection) as captured:
        yield
    ours = [q["sql"] for q in captured if any(t in q["sql"] for t in ('"members_', '"projects_'))]
    ours = [sql for sql in ours if not any(mark in sql for mark in NOT_THE_PAGE)]
    shown = "\n".join(sql[:300] for sql in ours)
    assert len(ours) == number, f"{len(ours)} statements, not {number}:\n{shown}"

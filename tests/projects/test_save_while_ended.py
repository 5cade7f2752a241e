"""A record is saved while the stay it concerns ends: neither waits for ever for the other (PostgreSQL)."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from members import actions as members_acts
from members import hooks
from projects import actions
from projects.sweep import open_dues
from tests.conftest import TODAY
from tests.projects.conftest import due_of, follow_up, state_of


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_it_waits_for_no_one_who_waits_for_it(cast, mobile, monkeypatch):
    open_dues(TODAY)
    due, errors = due_of("joint.follow_up", mobile), []
    both, discharge, tell = threading.Barrier(2, timeout=2), actions.discharge, hooks.enrolments_ended[0]

    def meet():
        try:
            both.wait()
        except threading.BrokenBarrierError:  # the other waits for a lock, as it should
            pass

    def run(act):
        try:
            act()
        except ValidationError:  # the other was first: the duty had ended
            pass
        except Exception as error:
            errors.append(repr(error))
        finally:
            connections.close_all()

    monkeypatch.setattr(actions, "discharge", lambda *args, **more: (discharge(*args, **more), meet()))
    monkeypatch.setattr(hooks, "enrolments_ended", [lambda *args, **more: (meet(), tell(*args, **more))])
    acts = (
        lambda: actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,))),
        lambda: members_acts.come_home(by=cast.secretary, enrolment=mobile, on=TODAY, reason="返乡"),
    )
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (errors, state_of(due) in ("on_time", "closed")) == ([], True)

"""Two make-ups of one meeting are entered at once: the hours count once (PostgreSQL)."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from projects import actions
from projects.life.models import Attendance


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_it_counts_the_hours_once(branch, hold, make_up, monkeypatch):
    meeting, refused = hold(absent=[branch.cao]), []
    both, write = threading.Barrier(2, timeout=2), actions.write_record

    def meet(**more):
        try:
            both.wait()
        except threading.BrokenBarrierError:  # the other waits for the meeting, as it should
            pass
        return write(**more)

    def run():
        try:
            make_up(meeting, [branch.cao])
        except ValidationError as error:
            refused.append(error)
        finally:
            connections.close_all()

    monkeypatch.setattr(actions, "write_record", meet)
    threads = [threading.Thread(target=run) for _two in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(refused), Attendance.objects.counted().filter(person=branch.cao, hours__gt=0).count()) == (1, 1)

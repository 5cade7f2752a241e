"""The lock on a person: one act after another, but whoever only names the person does not wait."""

from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction

from members.actions.people import lock_person
from members.audit import trace
from members.models import AuditRow, Person

pytestmark = [
    pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time there"),
    pytest.mark.django_db(transaction=True),
]


def beside(act):
    """What became of `act` on a connection of its own, which waits for no lock: "" or the name of the error."""
    found = []

    def run():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '200ms'")
                act()
            found.append("")
        except DatabaseError as error:
            found.append(type(error).__name__)
        finally:
            connection.close()

    hand = Thread(target=run)
    hand.start()
    hand.join()
    return found[0]


def test_a_second_act_on_the_person_waits(person):
    with transaction.atomic():
        lock_person(person)
        assert beside(lambda: Person.objects.filter(pk=person.pk).locked().get()) == "OperationalError"


def test_what_only_names_the_person_does_not(person, cast):
    """Whoever holds a due and writes whom it concerned would else wait for whoever holds the person and wants the
    due."""
    with transaction.atomic():
        lock_person(person)
        assert beside(lambda: trace("waive_due", by=cast.staff, obj=person, person=person)) == ""
    assert AuditRow.objects.filter(act="waive_due", person=person).exists()

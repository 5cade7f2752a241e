"""A new encryption key: what stood before stays readable, an interruption costs nothing, the old key goes last."""

import io

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from members.actions import register_person
from members.models import AuditRow, Person, RosterImport, RosterLine
from members.roster import staging
from xitun import key_rotation
from xitun.lib import keyfile
from xitun.lib.crypto import KeyLost, needs_rotation
from xitun.lib.ids import check_character

pytestmark = pytest.mark.django_db


def id_number(order):
    first = f"62000019680705{order:03d}"
    return first + check_character(first)


@pytest.fixture
def path(settings, tmp_path):
    """A key file of the test's own; the settings go back to the suite's afterwards."""
    settings.XITUN_KEY_FILE = tmp_path / "key"
    keyfile.save(settings.XITUN_KEY_FILE, settings.XITUN_KEYS)
    settings.XITUN_FERNET_KEYS = list(settings.XITUN_KEYS.fernet)
    return settings.XITUN_KEY_FILE


@pytest.fixture
def people(town):
    return [
        register_person(by=None, unit=town.huaishuwan, name="张建国", sex="M", id_number=id_number(2 * n + 1))
        for n in range(5)
    ]


def run(*arguments):
    out = io.StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue()


def tokens():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM members_person ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def numbers():
    return [person.id_number for person in Person.objects.order_by("pk")]


def test_it_encrypts_every_number_with_the_new_key_and_keeps_the_old(path, people):
    before, old = tokens(), keyfile.load(path)
    assert "5 " in run()
    new = keyfile.load(path)
    assert new.fernet[1:] == old.fernet
    assert new.fernet[0] != old.fernet[0]
    assert (new.id, new.hash, new.django_secret) == (old.id, old.hash, old.django_secret)
    assert not set(before) & set(tokens())
    for token, person in zip(tokens(), people, strict=True):
        assert Fernet(new.fernet[0]).decrypt(token.encode()).decode() == person.id_number
    assert AuditRow.objects.filter(act="add_key").count() == 1


def test_it_forgets_the_old_key_when_told(path, people):
    run()
    run("--drop-old")
    assert len(keyfile.load(path).fernet) == 1
    assert numbers() == [person.id_number for person in people]
    assert AuditRow.objects.get(act="drop_old_keys").detail == {"keys": 1}


def test_it_encrypts_what_was_written_with_the_old_key_meanwhile(path, people, settings, town):
    run()
    new = settings.XITUN_FERNET_KEYS
    settings.XITUN_FERNET_KEYS = list(settings.XITUN_KEYS.fernet)  # a process that was not stopped
    late = register_person(by=None, unit=town.liulin, name="马文海", sex="M", id_number=id_number(777))
    settings.XITUN_FERNET_KEYS = new
    assert "1 " in run("--drop-old")
    assert Person.objects.get(pk=late.pk).id_number == id_number(777)


def test_it_goes_on_where_it_was_interrupted(path, people, monkeypatch, settings):
    monkeypatch.setattr(key_rotation, "BATCH", 2)
    written = []

    def stop_at_the_third(sql, batch, write=key_rotation._write):
        if written:
            raise KeyboardInterrupt
        written.append(len(batch))
        return write(sql, batch)

    monkeypatch.setattr(key_rotation, "_write", stop_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        run()
    monkeypatch.undo()
    settings.XITUN_KEY_FILE = path
    begun = keyfile.load(path)
    settings.XITUN_FERNET_KEYS = list(begun.fernet)
    assert [needs_rotation(token) for token in tokens()] == [False, False, True, True, True]
    assert numbers() == [person.id_number for person in people]
    assert "3 " in run()
    assert keyfile.load(path) == begun  # no third key
    assert not any(needs_rotation(token) for token in tokens())


def test_it_reaches_rosters_that_wait_for_confirmation(path, town):
    roster = RosterImport.objects.create(unit=town.xitun, path=town.xitun.path, on=staging.today())
    RosterLine.objects.create(roster=roster, number=1, line=2, outcome="accept", id_number=id_number(15))
    run()
    run("--drop-old")
    assert RosterLine.objects.get().id_number == id_number(15)


def test_it_leaves_alone_what_somebody_changed_meanwhile(path, people, monkeypatch):
    """The row is read, then changed by its page, then written: the page's value stays."""

    def change_first(token, turn=key_rotation.rotate):
        Person.objects.filter(pk=people[0].pk).update(id_number=id_number(901))
        return turn(token)

    monkeypatch.setattr(key_rotation, "rotate", change_first)
    run()
    assert numbers()[0] == id_number(901)


def test_it_does_not_need_memory_for_all(path, people, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(key_rotation, "BATCH", 1)
    key_rotation.add_key(path)
    seen = list(key_rotation._tokens(Person, Person._meta.get_field("id_number")))
    assert [pk for pk, _token in seen] == [person.pk for person in people]
    with django_assert_max_num_queries(1):
        next(key_rotation._tokens(Person, Person._meta.get_field("id_number")))


def test_it_keeps_the_old_key_while_a_row_needs_it(path, people):
    key_rotation.add_key(path)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE members_person SET id_number = 'gAAAAAdamaged' WHERE id = %s", [people[4].pk])
    before = keyfile.load(path)
    with pytest.raises(CommandError, match="XITUN_KEY_FILE"):
        run("--drop-old")
    assert keyfile.load(path) == before
    with pytest.raises(KeyLost):
        key_rotation.drop_old_keys(path)
    assert keyfile.load(path) == before


def test_it_says_what_is_missing(settings, tmp_path):
    settings.XITUN_KEY_FILE = tmp_path / "nowhere"
    with pytest.raises(CommandError, match="nowhere"):
        run()


def test_it_has_nothing_to_forget_without_a_rotation(path, people):
    only = keyfile.load(path)
    run("--drop-old")
    assert keyfile.load(path) == only

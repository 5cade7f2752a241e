"""The drill: everything into one file, into an empty installation again, and what is refused on the way."""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.models import Sum

from members.models import AuditRow, Category, Person, Unit
from projects.actions import save_record
from projects.models import Channel, Due, DueCount, Message, Paper
from projects.outbox.channels import set_channel
from projects.outbox.deliver import deliver
from projects.outbox.write import remind_and_tell
from projects.papers import missing_files
from projects.sweep import open_dues
from tests.conftest import enrolled
from tests.projects.conftest import follow_up
from tests.projects.outbox.conftest import add, at, robot  # noqa: F401
from xitun import doctor
from xitun.backup import _models
from xitun.lib import vault
from xitun.lib.papers import Prepared

pytestmark = pytest.mark.django_db(transaction=True)
ID_NUMBER = "620000196807050010"


@pytest.fixture
def filled(town, cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    paper = settings.MEDIA_ROOT / "2026" / "paper.txt"
    paper.parent.mkdir(parents=True)
    paper.write_text("见附件", encoding="utf-8")
    mobile = enrolled(town.huaishuwan, "张建国", Category.MOBILE, by=cast.staff, id_number=ID_NUMBER)
    sent = Prepared("门口.pdf", "pdf", b"%PDF-1.4")
    save_record(by=cast.secretary, entry=follow_up(mobile.enrolments.get(), papers=(sent,)))
    enrolled(town.liulin, "马文海", Category.POOR_WEAK, by=cast.staff)
    open_dues(date(2026, 9, 21))
    return paper


@pytest.fixture
def archive(filled, tmp_path):
    call_command("backup", str(tmp_path / "town.xitun"))
    return tmp_path / "town.xitun"


def counts():
    return {m._meta.label_lower: m._base_manager.count() for m in _models()}


def empty(paper):
    call_command("flush", interactive=False, verbosity=0)
    paper.unlink()


def test_it_restores_rows_files_and_secrets_into_an_empty_installation(filled, archive):
    before, dues = counts(), list(Due.objects.order_by("pk").values_list("duty", "occasion", "due_on", "path"))
    empty(filled)
    shutil.rmtree(filled.parents[1] / "papers")
    call_command("restore", str(archive))
    assert counts() == before
    kept = Paper.objects.get()
    assert (missing_files(), vault.take(kept.stored_as, kept.key)) == (0, b"%PDF-1.4")
    assert vault.path_of(kept.stored_as).stat().st_mode & 0o777 == 0o600
    assert filled.read_text(encoding="utf-8") == "见附件"
    assert Person.objects.get(name="张建国").id_number == ID_NUMBER
    assert list(Due.objects.order_by("pk").values_list("duty", "occasion", "due_on", "path")) == dues
    assert Unit.objects.add_root({"kind": "county", "name": "新县"}).pk  # sequences go on where they stood


def test_it_counts_the_dues_of_a_backup_that_is_older_than_the_counts(filled, tmp_path):
    DueCount.objects.all().delete()
    call_command("backup", str(tmp_path / "old.xitun"))
    empty(filled)
    call_command("restore", str(tmp_path / "old.xitun"))
    assert DueCount.objects.aggregate(open=Sum("open"))["open"] == Due.objects.count() > 0


def test_it_shows_nothing_without_the_key(archive, filled, settings):
    content = archive.read_bytes()
    assert "张建国".encode() not in content
    assert ID_NUMBER.encode() not in content
    empty(filled)
    settings.XITUN_FERNET_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="XITUN_KEY_FILE"):
        call_command("restore", str(archive))


def test_it_refuses_to_restore_over_data(archive):
    with pytest.raises(CommandError):
        call_command("restore", str(archive))


@pytest.mark.parametrize("spoil", ["cut", "changed", "foreign"])
def test_it_refuses_a_spoiled_archive_and_leaves_nothing(spoil, archive, filled):
    content = archive.read_bytes()
    cut, changed = content[: len(content) // 2], content[:-200] + b"A" * 199 + b"\n"
    archive.write_bytes({"cut": cut, "changed": changed, "foreign": b"PK" * 99}[spoil])
    empty(filled)
    with pytest.raises(CommandError):
        call_command("restore", str(archive))
    assert Unit.objects.count() == 0
    assert not filled.exists()


def files_of(paper):
    return {path for path in paper.parents[1].rglob("*") if path.is_file()}


@pytest.mark.parametrize("moment", ["moving", "commit"])
def test_it_leaves_nothing_where_it_could_not_end(moment, archive, filled, monkeypatch):
    """A full disk, or a database that goes away: neither rows nor files stay, and it can be tried again."""
    before = files_of(filled)
    empty(filled)
    shutil.rmtree(filled.parents[1] / "papers")
    move, commit = shutil.move, connection.commit

    def full(source, target):
        if any(files_of(filled)):
            raise OSError(28, "No space left on device")
        return move(source, target)

    def gone():
        if any(files_of(filled)):
            raise OperationalError("server closed the connection unexpectedly")
        return commit()

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "move", full) if moment == "moving" else patch.setattr(connection, "commit", gone)
        with pytest.raises((CommandError, OperationalError)):
            call_command("restore", str(archive))
    assert (Unit.objects.count(), files_of(filled)) == (0, set())
    call_command("restore", str(archive))
    assert (files_of(filled), missing_files()) == (before, 0)


def test_it_keeps_a_file_that_is_there_as_it_was_saved_and_replaces_a_damaged_one(archive, filled):
    """The database alone was lost, and the photos still lie where they were."""
    call_command("flush", interactive=False, verbosity=0)
    damaged = next(path for path in files_of(filled) if path != filled)
    damaged.write_bytes(damaged.read_bytes()[:10])
    os.utime(filled, (1, 1))
    call_command("restore", str(archive))
    assert missing_files() == 0
    assert filled.stat().st_mtime == 1


@pytest.fixture
def told(filled, town, cast, robot, tmp_path):  # noqa: F811
    """A message waits until morning, in the house and in the night's backup."""
    channel = add(cast.admin, town.huaishuwan, Channel.Kind.WECOM, "0123456789-abcdef")
    unused = add(cast.admin, town.xitun, Channel.Kind.WECOM, "9876543210-abcdef", is_on=False)
    with at(date(2026, 9, 23), 1):
        remind_and_tell()
    assert Message.objects.waiting().filter(channel=channel).exists()
    call_command("backup", str(tmp_path / "night.xitun"))
    with at(date(2026, 9, 23), 8):
        deliver()
    assert len(robot.taken) == 1
    empty(filled)
    return channel.pk, unused.pk, tmp_path / "night.xitun"


def test_a_copy_sends_nothing_that_the_house_itself_sends(told, robot, capsys):  # noqa: F811
    channel, _unused, night = told
    with at(date(2026, 9, 23), 8):
        call_command("restore", str(night))
        deliver()
    with at(date(2026, 9, 30), 1):
        remind_and_tell()
    with at(date(2026, 9, 30), 8):
        deliver()
    assert len(robot.taken) == 1
    assert not Message.objects.waiting().exists()
    assert set(Message.objects.filter(channel=channel).values_list("state", "error")) == {("cancelled", "off")}
    assert "manage switch_on_channels" in capsys.readouterr().out


def test_it_speaks_again_once_it_takes_the_place_of_the_house(told, cast, robot, capsys):  # noqa: F811
    channel, unused, night = told
    call_command("restore", str(night))
    call_command("switch_on_channels")
    assert "1" in capsys.readouterr().out.splitlines()[-1]
    assert dict(Channel.objects.values_list("pk", "is_on")) == {channel: True, unused: False}
    assert [row.act for row in AuditRow.objects.order_by("-pk")[:2]] == ["speak_again", "go_silent"]
    with at(date(2026, 9, 30), 1):
        remind_and_tell()
    with at(date(2026, 9, 30), 8):
        deliver()
    assert len(robot.taken) == 2


def test_what_somebody_has_set_since_stays_as_it_is(told, cast):
    channel, _unused, night = told
    call_command("restore", str(night))
    row = Channel.objects.select_related("unit").get(pk=channel)
    said = {"address": "", "language": "en", "is_on": False, "version": row.version}
    set_channel(by=cast.admin, unit=row.unit, kind=row.kind, channel=row, **said)
    call_command("switch_on_channels")
    assert not Channel.objects.filter(is_on=True).exists()


def test_a_backup_that_never_got_its_name_does_not_count_as_made(filled, tmp_path, settings, monkeypatch):
    settings.XITUN_DATA = tmp_path / "data"
    settings.XITUN_DATA.mkdir()

    def locked(self, target):
        raise PermissionError(13, "used by another process")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", locked)
        with pytest.raises(CommandError):
            call_command("backup", str(tmp_path / "town.xitun"))
    assert doctor.backups().state == "warn"
    call_command("backup", str(tmp_path / "town.xitun"))
    assert doctor.backups().state == "ok"


def test_it_says_which_files_are_not_in_it(filled, tmp_path, capsys):
    call_command("backup", str(tmp_path / "town.xitun"))
    assert capsys.readouterr().err == ""
    shutil.move(filled.parents[1], tmp_path / "unmounted")
    call_command("backup", str(tmp_path / "town.xitun"))
    said = capsys.readouterr().err
    assert "1" in said
    assert str(filled.parents[1]) in said


def test_the_doctor_sees_a_file_that_was_cut_short(filled):
    path = vault.path_of(Paper.objects.get().stored_as)
    assert doctor.papers().state == "ok"
    for content in (b"", path.read_bytes()[:-1]):
        path.write_bytes(content)
        assert doctor.papers().state == "bad"

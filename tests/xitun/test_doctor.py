"""What the doctor finds, and what it says to do."""

from collections import namedtuple
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import override

from members.jobs import give_sign, look_after_jobs
from members.models import AuditRow, Category, Job, Sign
from projects.models import Message, SweepRun
from projects.outbox import channels
from tests.conftest import TODAY, enrolled
from tests.queries import page_queries
from xitun import doctor
from xitun.lib.dates import frozen

pytestmark = [pytest.mark.usefixtures("in_english"), pytest.mark.django_db]


def examined():
    return {found.name: found for found in doctor.examine()}


def told(monkeypatch, **replaced):
    """(exit code, text) of the command."""
    for name, value in replaced.items():
        monkeypatch.setattr(doctor, name, value)
    out = StringIO()
    try:
        call_command("doctor", stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def well(cast, settings, tmp_path):
    """An installation in which nothing is wrong."""
    settings.XITUN_DATA = tmp_path
    (tmp_path / "last-backup").write_text(timezone.now().isoformat(), encoding="ascii")
    SweepRun.objects.create(day=TODAY, started_at=timezone.now(), finished_at=timezone.now())
    give_sign()


def test_all_is_well(well, monkeypatch):
    assert {found.state for found in doctor.examine()} == {"ok"}
    code, text = told(monkeypatch, worker=lambda: doctor.Finding("Worker", "ok", "answers"))
    assert (code, text.splitlines()[-1]) == (0, "All is well.")


def test_the_workers_sign_comes_with_the_minute(well):
    Sign.objects.update(at=timezone.now() - timedelta(minutes=6))
    assert examined()["Worker and clock"].state == "warn"
    look_after_jobs()
    assert examined()["Worker and clock"].state == "ok"
    Sign.objects.all().delete()
    assert "never" in examined()["Worker and clock"].words


def test_the_probe_waits_for_an_answer(well, monkeypatch):
    monkeypatch.setattr(doctor, "PROBE_SECONDS", 0.3)
    Sign.objects.update(at=timezone.now() - timedelta(seconds=1))
    monkeypatch.setattr(give_sign, "apply_async", lambda **options: None)
    assert doctor.worker().state == "bad"
    monkeypatch.setattr(give_sign, "apply_async", lambda **options: give_sign())
    assert doctor.worker().state == "ok"

    def refused(**options):
        raise ConnectionError("refused")

    monkeypatch.setattr(give_sign, "apply_async", refused)
    assert "refused" in doctor.worker().words


def test_it_tells_of_a_broker_that_is_not_there(well, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    found = doctor.broker()
    assert (found.state, found.name) == ("bad", "Broker")


def test_it_stops_where_the_database_does_not_answer(monkeypatch):
    def refuse(connection):
        raise DatabaseError("connection refused\nis it running?")

    code, text = told(monkeypatch, MigrationExecutor=refuse)
    assert code == 1
    assert text.startswith("✗ Database: connection refused\n")
    assert "Broker" not in text


def test_it_tells_of_changes_that_wait(monkeypatch):
    class Behind:
        def __init__(self, connection):
            self.loader = namedtuple("Loader", "graph")(namedtuple("Graph", "leaf_nodes")(list))

        def migration_plan(self, targets):
            return [1, 2]

    assert "2 changes" in told(monkeypatch, MigrationExecutor=Behind)[1]


def test_it_tells_of_a_sweep_that_is_late(well):
    SweepRun.objects.all().delete()
    assert examined()["Duties last opened"].state == "warn"
    SweepRun.objects.create(day=TODAY - timedelta(days=2), started_at=timezone.now(), finished_at=timezone.now())
    assert examined()["Duties last opened"].state == "warn"


def test_it_counts_no_night_that_a_wrong_clock_dated_ahead(well):
    SweepRun.objects.update(day=TODAY - timedelta(days=9))
    SweepRun.objects.create(day=TODAY + timedelta(days=400), started_at=timezone.now(), finished_at=timezone.now())
    assert examined()["Duties last opened"].state == "warn"


def test_it_tells_of_work_that_failed(well, cast):
    now = timezone.now()
    Job.objects.create(kind="x", subject="1", path="", language="", state="failed", beat_at=now, ended_at=now)
    assert examined()["Long work"].state == "warn"


def test_it_tells_of_counts_that_were_wrong(well):
    assert examined()["Counts of duties"].state == "ok"
    SweepRun.objects.update(miscounted=3)
    found = examined()["Counts of duties"]
    assert (found.state, found.words.split()[0]) == ("warn", "3")
    assert "check_counts" in found.remedy


@pytest.mark.parametrize(("megabytes", "state"), [(100, "bad"), (500, "warn"), (5000, "ok")])
def test_it_tells_of_a_disk_that_fills(well, monkeypatch, megabytes, state):
    usage = namedtuple("Usage", "free")(megabytes << 20)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: usage)
    assert examined()["Disk"].state == state


def test_it_tells_of_a_clock_set_back(well, cast):
    AuditRow.objects.filter(pk=AuditRow.objects.latest("pk").pk).update(at=datetime(2099, 1, 1, tzinfo=UTC))
    assert examined()["Clock"].state == "bad"


def test_it_asks_for_the_next_years_holidays(well):
    with frozen(date(2026, 11, 28)):
        assert "2027" in examined()["Working days"].words


def test_it_tells_of_a_key_that_opens_nothing(well, town, cast, settings):
    enrolled(town.liulin, "白甲", Category.MOBILE, by=cast.staff, id_number="620000196807050010")
    assert examined()["Key file"].state == "ok"
    settings.XITUN_FERNET_KEYS = (Fernet.generate_key().decode(),)
    found = examined()["Key file"]
    assert (found.state, found.remedy) == ("bad", "Put back your copy of the key file.")


def test_it_tells_of_photos_that_are_gone(well, monkeypatch):
    assert doctor.papers().state == "ok"
    monkeypatch.setattr(doctor, "missing_files", lambda: 3)
    found = doctor.papers()
    assert (found.state, found.words) == ("bad", "3 files of records are not on the disk, or not whole.")


@pytest.mark.django_db(transaction=True)
def test_it_asks_for_a_backup(well, settings):
    stamp = settings.XITUN_DATA / "last-backup"
    stamp.write_text((timezone.now() - timedelta(days=9)).isoformat(), encoding="ascii")
    assert examined()["Backup"].state == "warn"
    stamp.unlink()
    assert examined()["Backup"].words == "Never made."
    call_command("backup", str(settings.XITUN_DATA / "town.backup"))
    assert examined()["Backup"].state == "ok"


def test_the_administrators_home_shows_it(well, as_user, cast, settings):
    client = as_user(cast.admin)
    assert "Never made." not in client.get("/", headers={"Accept-Language": "en"}).content.decode()
    (settings.XITUN_DATA / "last-backup").unlink()
    assert "Never made." in client.get("/", headers={"Accept-Language": "en"}).content.decode()
    assert "last-backup" not in as_user(cast.staff).get("/").content.decode()


def test_it_asks_little(well):
    with page_queries(8):
        doctor.examine()


def test_it_says_that_a_channel_fails_and_what_was_given_up(town, cast):
    values = {"kind": "email", "address": "a@b.test", "language": "en", "is_on": True}
    channel = channels.set_channel(by=cast.admin, unit=town.xitun, **values)
    assert doctor.outbox().state == "ok"
    channel.last_failure_at = timezone.now()
    channel.save()
    assert doctor.outbox().state == "warn"


def test_it_says_that_messages_do_not_go_out(town, cast):
    values = {"kind": "email", "address": "a@b.test", "language": "en", "is_on": True}
    channel = channels.set_channel(by=cast.admin, unit=town.xitun, **values)
    channels.test_channel(by=cast.admin, channel=channel)
    Message.objects.update(not_before=timezone.now())
    assert doctor.outbox().state == "ok"
    Message.objects.update(not_before=timezone.now() - timedelta(hours=2))
    found = doctor.outbox()
    assert (found.state, found.url) == ("warn", "/messages/")


def test_it_speaks_of_a_key_beside_the_data_in_the_reader_s_language(settings, tmp_path):
    settings.TESTING, settings.XITUN_DATA, settings.XITUN_KEY_FILE = False, tmp_path, tmp_path / "key"
    settings.XITUN_KEY_FILE.write_text("")
    settings.XITUN_KEY_FILE.chmod(0o600)
    with override("zh-hans"):
        found = doctor.key()
    assert found.words == f"密钥文件 {tmp_path}/key 放在它所保护的数据文件夹里。"
    assert found.remedy == "请移到别处，并设置 XITUN_KEY_FILE。"

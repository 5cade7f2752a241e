"""The night with real processes: two beats tick, a worker is killed in the middle, and every row stands once."""

import os
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from projects.models import SweepRun
from projects.tasks import nightly

ROOT = Path(__file__).parents[2]
START = """
import sys, time, django
django.setup()
from xitun.celery import app
app.conf.task_default_queue = "{queue}"
app.conf.worker_pool = "solo"
from projects import sweep
insert = sweep._insert
def slowly(*args):
    time.sleep({pause})
    return insert(*args)
sweep._insert = slowly
app.conf.beat_schedule = {{"night": {{"task": "projects.tasks.nightly", "schedule": 0.5}}}}
app.start({arguments!r})
"""
SEED = """
from datetime import date
from members import actions
from members.models import Category
unit = actions.create_unit(by=None, kind="branch", name="槐树湾村党支部")
for number in range(30):
    person = actions.register_person(by=None, unit=unit, name=f"党员{number}", on=date(2020, 1, 1))
    for category, primary in ((Category.MOBILE, True), (Category.ELDERLY, False)):
        row = actions.propose_category(by=None, person=person, category=category, primary=primary,
                                       on=date(2020, 1, 1), reason="名册")
        actions.confirm_category(by=None, enrolment=row)
"""
# Straight from the models: that SQLite can be migrated is tried where the product is served.
TABLES = """
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
call_command("migrate", run_syncdb=True, verbosity=0)
"""
STATE = """SELECT (SELECT count(*) FROM projects_due),
    (SELECT count(*) FROM projects_due) - (SELECT count(*) FROM
        (SELECT DISTINCT duty, enrolment_id, post_id, unit_id, occasion FROM projects_due) AS once),
    (SELECT count(*) FROM projects_sweeprun),
    (SELECT count(*) FROM projects_sweeprun WHERE finished_at IS NOT NULL)"""


class Site:
    """An installation of its own: a database, a broker queue, and the processes started on them."""

    def __init__(self, folder, database_url):
        self.folder, self.queue, self.processes = folder, f"test-{uuid.uuid4().hex}", []
        self.env = os.environ | {
            "XITUN_DATA": str(folder),
            "DJANGO_SETTINGS_MODULE": "xitun.settings",
            "XITUN_TEST": "0",
        }
        self.env |= {"XITUN_KEY_FILE": str(folder.parent / "key"), "DATABASE_URL": database_url}
        self.log = (folder.parent / "log").open("w+b")

    def manage(self, *arguments):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *arguments, pause=0.0):
        code = START.format(queue=self.queue, pause=pause, arguments=list(arguments))
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env=self.env, stdout=self.log, stderr=self.log
        )
        self.processes.append(process)
        return process

    def worker(self, **options):
        return self.start("worker", "--loglevel=WARNING", f"--hostname={uuid.uuid4().hex}@test", **options)

    def beat(self, folder):
        return self.start("beat", "--loglevel=WARNING", f"--schedule={folder / uuid.uuid4().hex}")

    def state(self):
        """Counts as they stand, asked on a connection of our own: what the other processes committed."""
        url = self.env["DATABASE_URL"]
        with closing(psycopg2.connect(url) if url else sqlite3.connect(self.folder / "xitun.sqlite3")) as database:
            cursor = database.cursor()
            cursor.execute(STATE)
            return dict(zip(("dues", "twice", "runs", "finished"), cursor.fetchone(), strict=True))

    def until(self, reached, seconds=60):
        ends = time.monotonic() + seconds
        while not reached(state := self.state()):
            assert time.monotonic() < ends, (state, Path(self.log.name).read_text(errors="replace")[-2000:])
            time.sleep(0.3)
        return state

    def close(self):
        for process in self.processes:
            process.kill()
            process.wait()
        if settings.REDIS_URL:
            import redis

            redis.Redis.from_url(settings.REDIS_URL).delete(self.queue)


@pytest.fixture
def site(tmp_path, django_db_setup, django_db_blocker):
    folder = tmp_path / "data"
    folder.mkdir()
    name, url = f"xitun_night_{uuid.uuid4().hex[:12]}", ""
    if connection.vendor == "postgresql":
        url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/" + name
        _as_owner(django_db_blocker, f'CREATE DATABASE "{name}"')
    site = Site(folder, url)
    try:
        site.manage(*(["migrate", "-v0"] if url else ["shell", "-v0", "-c", TABLES]))
        site.manage("shell", "-v0", "-c", SEED)
        yield site
    finally:
        site.close()
        if url:
            _as_owner(django_db_blocker, f'DROP DATABASE "{name}" WITH (FORCE)')


def _as_owner(blocker, statement):
    with blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.process
def test_it_writes_every_row_once_with_two_beats_and_a_killed_worker(site, tmp_path):
    first = site.worker(pause=0.25)
    site.beat(tmp_path), site.beat(tmp_path)
    site.until(lambda s: s["dues"] > 0 and not s["finished"])
    first.kill()
    killed = site.state()
    assert not killed["finished"], "the worker was to be killed in the middle"

    site.worker(), site.worker()
    time.sleep(3)
    assert site.state()["runs"] == 1
    site.manage("shell", "-v0", "-c", _lost_run())
    done = site.until(lambda s: s["finished"])
    assert done["twice"] == 0
    assert done["dues"] > killed["dues"]
    site.manage("shell", "-v0", "-c", "from projects.sweep import open_dues; assert open_dues() == 0")


def _lost_run():
    return """
from datetime import timedelta
from projects.models import SweepRun
run = SweepRun.objects.get()
run.started_at -= timedelta(hours=1)
run.save()
"""


def test_it_sweeps_once_a_day(person):
    assert nightly() is True
    assert nightly() is False
    run = SweepRun.objects.get()
    assert run.finished_at
    assert run.opened > 0


def test_it_takes_up_a_run_whose_worker_died(person, monkeypatch):
    def dies(day):
        raise SystemExit

    monkeypatch.setattr("projects.tasks.remind_and_tell", dies)
    with pytest.raises(SystemExit):
        nightly()
    monkeypatch.undo()
    assert nightly() is False  # perhaps it still runs
    SweepRun.objects.update(started_at="2026-01-01T00:00:00Z")
    assert nightly() is True
    assert SweepRun.objects.get().finished_at

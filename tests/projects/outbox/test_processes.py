"""The outbox with real processes: a worker that dies between two steps, a broker that dies and comes back, two clocks;
and pages that are saved while Redis hangs. Private servers, all started here."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
import requests

from tests.engines import once_on_sqlite
from tests.projects.test_nightly import ROOT, TABLES

from .sinks import Robot

pytestmark = [pytest.mark.process, once_on_sqlite, pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")]
needs_redis = pytest.mark.skipif(not shutil.which("redis-server"), reason="no redis-server on this machine")
START = """
import os, django
django.setup()
from datetime import timedelta
from xitun.celery import app
from projects.outbox import deliver, senders
deliver.LEASE, deliver.SECONDS = timedelta(seconds=2), 5
deliver.BACKOFF = [timedelta(seconds=1)] * 5
send, dies = senders.send, os.environ.get("DIES", "")
def mortal(channel, subject, body):
    if dies == "after claim":
        os._exit(1)
    send(channel, subject, body)
    if dies == "after send":
        os._exit(1)
senders.send = mortal
app.conf.worker_pool = "solo"
app.conf.beat_schedule = {{"carry": {{"task": "projects.tasks.carry_messages", "schedule": 0.5,
                                      "options": {{"expires": 5}}}}}}
app.start({arguments!r})
"""
SEED = """
from datetime import date, time
from members import actions
from members.models import Role
from projects.outbox.channels import set_channel, set_hours, test_channel
from projects.tasks import nightly
town = actions.create_unit(by=None, kind="town", name="西屯镇")
set_hours(by=None, unit=town, begins=time(0), ends=time(0), rest_days=False, how_often="off")
for number in range(3):
    unit = actions.create_unit(by=None, kind="branch", name=f"第{number}村党支部", parent=town)
    values = {"kind": "wecom", "address": f"key-of-{number}-00", "language": "zh-hans", "is_on": True}
    test_channel(by=None, channel=set_channel(by=None, unit=unit, **values))
quiet = actions.create_unit(by=None, kind="branch", name="无渠道村党支部", parent=town)
user = actions.create_user(by=None, username="village", password="correct horse")
actions.grant_role(by=None, user=user, role=Role.SECRETARY, unit=quiet, from_date=date(2020, 1, 1))
assert nightly()
"""


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class House:
    """An installation on SQLite with messages that wait for three robots, and the processes started on it."""

    def __init__(self, folder, robot):
        self.folder, self.processes = folder, []
        self.env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        self.env |= {"XITUN_DATA": str(folder / "data"), "XITUN_KEY_FILE": str(folder / "key"), "XITUN_TEST": "0"}
        self.env |= {"XITUN_WECOM_URL": robot.url, "DJANGO_SETTINGS_MODULE": "xitun.settings", "XITUN_DEBUG": "1"}
        self.log = (folder / "log").open("w+b")
        command = [sys.executable, "manage.py", "shell", "-v0", "-c", TABLES + SEED]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def ask(self, statement):
        """Rows as they stand, on a connection of our own: what the other processes committed."""
        with closing(sqlite3.connect(self.folder / "data" / "xitun.sqlite3")) as database:
            return database.execute(statement).fetchall()

    def start(self, *arguments, dies=""):
        code = START.format(arguments=[*arguments, "--loglevel=WARNING"])
        return self.run([sys.executable, "-c", code], DIES=dies)

    def run(self, command, **env):
        process = subprocess.Popen(command, cwd=ROOT, env=self.env | env, stdout=self.log, stderr=self.log)
        self.processes.append(process)
        return process

    def until(self, reached, seconds=150):
        ends = time.monotonic() + seconds
        while not reached():
            assert time.monotonic() < ends, Path(self.log.name).read_text(errors="replace")[-3000:]
            time.sleep(0.1)

    def close(self):
        """End what was started here."""
        for process in self.processes:
            process.kill()
            process.wait()
        self.processes.clear()


@pytest.fixture(scope="module")
def robot():
    sink = Robot()
    yield sink
    sink.close()


@pytest.fixture(scope="module")
def house(robot, tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house"), robot)
    yield house
    house.close()


class Redis:
    def __init__(self):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self):
        command = ["redis-server", "--port", str(self.port), "--save", "", "--bind", "127.0.0.1", "--dir", "/tmp"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait()


@needs_redis
def test_it_loses_nothing_when_workers_and_broker_die(house, robot, tmp_path):
    """Killed after the claim, killed after the sending; the broker killed with all it held; two clocks throughout."""
    redis = Redis()
    house.env["REDIS_URL"] = redis.url
    try:
        for number in (1, 2):
            house.start("beat", f"--schedule={tmp_path / f'beat{number}'}")
        first = house.start("worker", "--hostname=a@test", dies="after claim")
        second = house.start("worker", "--hostname=b@test", dies="after send")
        house.until(lambda: first.poll() is not None and second.poll() is not None)
        assert len(robot.taken) == 1, "by the one that died after it"
        redis.kill()
        house.start("worker", "--hostname=c@test")
        redis.start()
        sent = "SELECT count(*) FROM projects_message WHERE kind = 'test' AND state = 'sent'"
        house.until(lambda: house.ask(sent) == [(3,)])
        time.sleep(1)  # two more beats of each clock
        assert len(set(robot.asked)) == 3
        assert len(robot.taken) == 4, "each once, and the one whose worker died unheard a second time"
        assert house.ask("SELECT count(*) FROM projects_message WHERE kind = 'test'") == [(3,)]
    finally:
        house.close()
        redis.kill()


@pytest.fixture
def hung_redis():
    """The address of a Redis that takes connections and never answers: worse than none at all."""
    listening, held = socket.create_server(("127.0.0.1", 0)), []

    def hold():
        while True:
            try:
                held.append(listening.accept())
            except OSError:
                return

    threading.Thread(target=hold, daemon=True).start()
    yield f"redis://127.0.0.1:{listening.getsockname()[1]}/0"
    listening.close()


def test_it_saves_within_a_second_while_redis_hangs(house, hung_redis):
    house.env["REDIS_URL"], port = hung_redis, free_port()
    base, visit = f"http://127.0.0.1:{port}", requests.Session()
    visit.trust_env = False
    house.run([sys.executable, "manage.py", "serve", "--port", str(port)])
    house.until(lambda: _answers(visit, base))
    _send(visit, f"{base}/accounts/login/", login="village", password="correct horse")
    due = house.ask("SELECT min(id) FROM projects_due WHERE responsible = 'secretary' AND unit_id = 5")[0][0]
    url, until = f"{base}/reminders/dues/{due}/quiet/", date.today() + timedelta(days=1)
    token = _token(visit, url)
    begun = time.monotonic()
    answer = _post(visit, url, token, until=until, reason="外出")
    took = time.monotonic() - begun
    assert answer.status_code == 302, answer.text
    assert house.ask("SELECT count(*) FROM projects_snooze") == [(1,)]
    assert took < 1


def _answers(visit, base):
    try:
        return visit.get(f"{base}/healthz", timeout=5).ok
    except requests.RequestException:
        return False


def _token(visit, url):
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', visit.get(url).text)[1]


def _post(visit, url, token, **values):
    values |= {"csrfmiddlewaretoken": token}
    return visit.post(url, data=values, headers={"Referer": url}, allow_redirects=False)


def _send(visit, url, **values):
    return _post(visit, url, _token(visit, url), **values)

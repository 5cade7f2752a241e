"""Settings as a whole, in processes of their own: production checks, keys, both brokers."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.engines import POSTGRES, once_on_sqlite

ROOT = Path(settings.BASE_DIR)


SERVERS = ("DATABASE_URL", "REDIS_URL")


def python(code, tmp_path, **env):
    """Run code with production settings on a data folder of its own. Returns the finished process."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("XITUN_", "DJANGO_")) and k not in SERVERS}
    clean |= {
        "XITUN_DATA": str(tmp_path / "data"),
        "XITUN_KEY_FILE": str(tmp_path / "key"),
        "DJANGO_SETTINGS_MODULE": "xitun.settings",
    }
    command = [sys.executable, "-c", code] if isinstance(code, str) else [sys.executable, "manage.py", *code]
    return subprocess.run(command, cwd=ROOT, env=clean | env, capture_output=True, text=True, timeout=120)


@once_on_sqlite
def test_it_is_clean_under_the_deployment_checks(tmp_path):
    done = python(["check", "--deploy", "--fail-level", "WARNING"], tmp_path, XITUN_HTTPS="1")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


@once_on_sqlite
def test_it_warns_of_a_key_inside_the_data_folder(tmp_path):
    done = python(["check"], tmp_path, XITUN_KEY_FILE=str(tmp_path / "data" / "key"))
    assert "xitun.W002" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
@once_on_sqlite
def test_it_makes_a_private_key_once_and_says_so(tmp_path):
    show = "from django.conf import settings; print(settings.SECRET_KEY)"
    first, second = python(show, tmp_path), python(show, tmp_path)
    assert first.stdout == second.stdout
    assert len(first.stdout) > 50
    assert "Keep a copy" in first.stderr
    assert second.stderr == ""
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


@once_on_sqlite
def test_it_makes_no_new_key_for_data_that_has_one(tmp_path):
    show = "from django.conf import settings; print(settings.SECRET_KEY)"
    python(show, tmp_path)
    (tmp_path / "key").rename(tmp_path / "elsewhere")
    lost = python(show, tmp_path)
    assert lost.returncode == 1
    assert "is missing" in lost.stderr
    assert not (tmp_path / "key").exists()
    assert python(show, tmp_path, XITUN_KEY_FILE=str(tmp_path / "elsewhere")).returncode == 0
    python(show, tmp_path / "other")
    wrong = python(show, tmp_path, XITUN_KEY_FILE=str(tmp_path / "other" / "key"))
    assert "belongs to other data" in wrong.stderr


@once_on_sqlite
def test_it_opens_sqlite_so_that_writers_wait(tmp_path):
    done = python(
        "import django, json; django.setup()\n"
        "from django.db import connection as c\n"
        "k = c.cursor()\n"
        "ask = lambda name: k.execute('PRAGMA ' + name).fetchone()[0]\n"
        "print(json.dumps([ask(n) for n in ('journal_mode', 'synchronous', 'busy_timeout', 'foreign_keys')]"
        " + [c.transaction_mode]))",
        tmp_path,
    )
    assert json.loads(done.stdout) == ["wal", 1, 20000, 1, "IMMEDIATE"]


@pytest.mark.skipif(not POSTGRES, reason="asks PostgreSQL")
def test_it_lets_postgresql_compile_no_questions(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


PUBLISH = """
import time, django
django.setup()
from celery import shared_task
from django.core.cache import cache
from xitun.celery import app
begun = time.monotonic()
try:
    app.send_task("projects.tasks.deliver_reminders")
    print("sent")
except Exception as error:
    print("refused", type(error).__name__)
print(cache.get("x", "default"), cache.set("x", 1), cache.add("y", 1), cache.get_many(["x"]))
print(time.monotonic() - begun < 12)
"""


@once_on_sqlite
def test_it_puts_a_task_into_a_folder_without_any_server(tmp_path):
    done = python(PUBLISH, tmp_path)
    assert done.stdout.splitlines()[0] == "sent", done.stderr
    assert len(list((tmp_path / "data" / "broker" / "queue").iterdir())) == 1


@once_on_sqlite
def test_it_gives_up_quickly_when_redis_is_down(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    done = python(PUBLISH, tmp_path, REDIS_URL=f"redis://127.0.0.1:{port}/0")
    assert done.returncode == 0, done.stderr
    sent, cache, quick = done.stdout.splitlines()
    assert sent.startswith("refused"), done.stderr
    assert cache == "default None True {}"
    assert quick == "True"


@once_on_sqlite
def test_it_gives_up_quickly_when_redis_hangs(tmp_path):
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(20)  # takes the connection, never answers
        begun = time.monotonic()
        done = python(PUBLISH, tmp_path, REDIS_URL=f"redis://127.0.0.1:{mute.getsockname()[1]}/0")
    assert done.returncode == 0, done.stderr
    sent, cache, _quick = done.stdout.splitlines()
    assert sent.startswith("refused"), done.stderr
    assert cache == "default None True {}"
    assert time.monotonic() - begun < 60


def test_it_sends_a_strict_policy_and_says_healthy(client, db):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "method, address, data",
    [
        ("get", "/accounts/login/?next=%00", None),
        ("get", "/people/?q=%00", None),
        ("post", "/accounts/login/", {"login": "a\0b", "password": "x"}),
        ("post", "/accounts/login/", {"na\0me": "x"}),
    ],
)
def test_it_refuses_a_nul_with_a_clear_400(client, db, method, address, data):
    response = getattr(client, method)(address, data)
    assert response.status_code == 400
    assert "NUL" in response.content.decode()


def test_it_locks_out_after_five_wrong_passwords(client, cast):
    wrong = {"login": cast.secretary.username, "password": "wrong"}
    answers = [client.post("/accounts/login/", wrong).status_code for _ in range(5)]
    assert answers[:4] == [200] * 4
    right = client.post("/accounts/login/", {"login": cast.secretary.username, "password": "correct horse"})
    assert right.status_code == 429
    assert "_auth_user_id" not in client.session
    # another person in the same office is not locked out
    other = client.post("/accounts/login/", {"login": cast.staff.username, "password": "correct horse"})
    assert other.status_code == 302


def test_it_lets_nobody_keep_a_personal_page(as_user, cast):
    response = as_user(cast.secretary).get("/")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]

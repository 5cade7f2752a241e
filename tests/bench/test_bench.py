"""The bench at its smallest: every case runs, says what it found, and leaves nothing behind. Its ratios mean nothing
at this size; that the two sides of a case did the same work is checked by the cases themselves."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from bench.cases import CASES

pytestmark = pytest.mark.process


def bench(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_it_prints_a_json_line_a_case_and_leaves_nothing(temporary):
    before = sorted(settings.XITUN_DATA.rglob("*"))
    done = bench("--n", "120")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["name"] for line in lines] == list(CASES)
    for line in lines:
        assert set(line) == {"name", "ratio", "goal", "n"}
        assert line["ratio"] > 0
        assert line["goal"] == CASES[line["name"]][1]
        assert line["n"] == 120
    assert list(temporary.iterdir()) == []
    assert sorted(settings.XITUN_DATA.rglob("*")) == before
    assert not _databases_left()


def test_it_runs_only_the_cases_named(temporary):
    done = bench("--n", "100", "list_deep")
    assert [json.loads(line)["name"] for line in done.stdout.splitlines()] == ["list_deep"], done.stderr


def test_it_says_which_cases_there_are(temporary):
    done = bench("--n", "100", "swep")
    assert done.returncode == 2
    assert "swep" in done.stderr
    assert "sweep_rows" in done.stderr


@pytest.mark.parametrize("number", ["0", "99", "many"])
def test_it_refuses_a_county_too_small_to_measure(number, temporary):
    done = bench("--n", number)
    assert done.returncode == 2
    assert "--n" in done.stderr


def _databases_left():
    """Databases of finished runs on the server, when there is one."""
    if not os.environ.get("DATABASE_URL"):
        return []
    import environ
    import psycopg2

    at = environ.Env.db_url_config(os.environ["DATABASE_URL"])
    link = psycopg2.connect(host=at["HOST"], port=at["PORT"] or None, user=at["USER"] or None, dbname="postgres")
    try:
        cursor = link.cursor()
        cursor.execute(r"SELECT datname FROM pg_database WHERE datname LIKE 'xitun\_bench\_%'")
        return [name for (name,) in cursor.fetchall() if not _runs(int(name.rpartition("_")[2]))]
    finally:
        link.close()


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

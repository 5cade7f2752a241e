"""The bench at its smallest: every case runs, says what it found, and leaves nothing behind. Its ratios mean nothing
at this size; that the two sides of a case did the same work is checked by the cases themselves."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest
from django.conf import settings

from bench.__main__ import chosen, main
from bench.cases import CASES, case_of, goal_of
from bench.timing import best

# of the design: the sweep, lists near and deep, the search, dashboards, import and export
OF_THE_DESIGN = (
    "import import_rival sweep sweep_rows search list_page list_deep dashboard export_writer export"
).split()
HERE = [name for name in CASES if name != "import_rival" or find_spec("import_export")]


@pytest.mark.process
def test_it_prints_a_json_line_a_case_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = sorted(settings.XITUN_DATA.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--n", "100", "--rounds", "1"],
        cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["name"] for line in lines] == HERE
    for line in lines:
        assert set(line) == {"name", "ratio", "goal", "n"}
        assert line["ratio"] > 0
        assert (line["goal"], line["n"]) == (goal_of(line["name"], 100), 100)
    assert ("import_rival is left out" in done.stderr) == ("import_rival" not in HERE)
    assert list(tmp_path.iterdir()) == []
    assert sorted(settings.XITUN_DATA.rglob("*")) == before
    assert not _databases_left()


def test_it_has_every_case_of_the_design():
    assert list(CASES) == OF_THE_DESIGN
    assert all(callable(case_of(name)) for name in CASES)


def test_a_province_asks_more_of_a_case_than_a_town():
    assert goal_of("list_page", 100) > goal_of("list_page", 1_000_000) == 0.5
    assert goal_of("search", 100) > goal_of("search", 1_000_000) == 0.1
    assert goal_of("sweep", 100) > goal_of("sweep", 1_000_000) == 1.1
    assert goal_of("import", 100) == goal_of("import", 1_000_000)


def test_it_runs_only_the_cases_named_in_the_order_of_a_run():
    assert chosen(["sweep", "import"]) == ["import", "sweep"]
    assert chosen([]) == list(CASES)


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["swep"], "no case is called swep; there are: import"),
        (["--n", "99"], "--n"),
        (["--n", "many"], "--n"),
        (["--rounds", "0"], "--rounds"),
    ],
)
def test_it_says_what_cannot_be_run_before_it_makes_anything(arguments, said, capsys, monkeypatch):
    monkeypatch.setattr("bench.__main__.installation", None)
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


def test_it_takes_the_best_of_each_side(monkeypatch):
    taken = {"ours": iter([1, 3, 2, 4, 4]), "theirs": iter([1, 5, 6, 7, 7])}
    monkeypatch.setattr("bench.timing.seconds", lambda act: (act(), None))
    monkeypatch.setattr("bench.timing.QUICK", 0)
    assert best(lambda: next(taken["ours"]), lambda: next(taken["theirs"]), rounds=3) == [2, 5]


@pytest.mark.parametrize(("first", "said"), [(0.5, [0.1]), (90, [90])])
def test_one_round_is_a_warm_one_where_it_is_quick(monkeypatch, first, said):
    taken = iter([first, 0.1])
    monkeypatch.setattr("bench.timing.seconds", lambda act: (act(), None))
    assert best(lambda: next(taken), rounds=1) == said


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

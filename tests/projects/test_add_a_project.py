"""docs/add-a-project.md, followed word for word on a copy of the project, and undone again."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines import once_on_postgres

pytestmark = [pytest.mark.process, once_on_postgres]  # the copy itself is on SQLite
ROOT = Path(__file__).parents[2]
FOLDERS = ("xitun", "members", "projects", "assessments", "templates", "locale", "tests")
BLOCK = re.compile(r"^```(?:python|po) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def copy(tmp_path):
    """The code without data, in a folder of its own."""
    here = tmp_path / "copy"
    unwanted = shutil.ignore_patterns("__pycache__", "samples", "files", "browser")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, here / name, ignore=unwanted)
    (here / "static").mkdir()
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / name, here / name)
    return here


def follow(copy):
    """Write every block of the page. Returns {path: what stood there, None for a new file}."""
    before = {}
    for name, text in BLOCK.findall((ROOT / "docs" / "add-a-project.md").read_text(encoding="utf-8")):
        path = copy / name
        before[path] = path.read_text(encoding="utf-8") if path.exists() else None
        if path.exists():
            place = text.split("\n", 1)[0] + "\n"
            assert before[path].count(place) == 1, f"{name}: {place.strip()} is not there once"
            text = before[path].replace(place, text)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return before


def run(copy, *arguments):
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "PYTHONPATH")}
    environment |= {"XITUN_DATA": str(copy / "var"), "XITUN_KEY_FILE": str(copy / "key")}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, f"{arguments}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def test_it_can_be_followed_word_for_word_and_taken_back(copy):
    before = follow(copy)
    run(copy, "-P", "xitun/lib/translations.py")
    run(copy, "manage.py", "makemigrations", "projects_gig", "members", "-n", "gig")
    rooms = ("tests/projects/test_every_project.py", "-k", "gig or one_project_for_every or scores", "-n", "0")
    passed = int(re.search(r"(\d+) passed", run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *rooms))[1])
    assert passed >= 10
    next((copy / "members" / "migrations").glob("*_gig.py")).unlink()
    for path, text in before.items():
        if text is not None:
            path.write_text(text, encoding="utf-8")
    shutil.rmtree(copy / "projects" / "gig")
    run(copy, "manage.py", "makemigrations", "--check", "--dry-run")

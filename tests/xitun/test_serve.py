"""The product as run.py starts it: prepared data folder, waitress, hashed static files, a stop that is clean."""

import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from tests.engines import once_on_sqlite

pytestmark = [pytest.mark.process, once_on_sqlite, pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")]


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """The environment of a fresh SQLite installation without demo data, made ready once."""
    env = environment(tmp_path_factory.mktemp("installation"), XITUN_ADMIN_USER="first")
    refused = manage(env, "prepare", "--empty", "--no-input")
    assert refused.returncode == 1
    assert "XITUN_ADMIN_PASSWORD" in refused.stderr
    assert "Traceback" not in refused.stderr
    env["XITUN_ADMIN_PASSWORD"] = "neither short nor common"
    made = manage(env, "prepare", "--empty", "--no-input")
    assert made.returncode == 0, made.stderr
    assert "first can sign in" in made.stdout
    return env


def environment(folder, **more):
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "XITUN_TEST")}
    return env | {"XITUN_DATA": str(folder / "data"), "XITUN_KEY_FILE": str(folder / "key")} | more


def manage(env, *arguments):
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, timeout=180)


@contextmanager
def served(production):
    """(address, process) of the product on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=production, stderr=subprocess.PIPE, text=True)
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(address + "/healthz", timeout=5)
            break
        except OSError:
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.1)
    yield address, process
    process.kill()
    process.communicate()


def test_it_serves_compressed_files_to_keep_refuses_a_foreign_name_and_stops_cleanly(production):
    with served(production) as (address, _process):
        page = urllib.request.urlopen(address + "/accounts/login/").read().decode()
        files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        assert any("bootstrap" in file for file in files)
        for file in files:
            check_kept(address, file)
        asked = urllib.request.Request(address + "/accounts/login/", headers={"Host": "elsewhere.test"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(asked)
        assert refused.value.code == 400
    with served(production) as (_address, process):
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in errors
    prepares_nothing_twice(production)


def check_kept(address, file):
    assert re.search(r"\.[0-9a-f]{12}\.", file), file
    asked = urllib.request.Request(address + file, headers={"Accept-Encoding": "gzip"})
    answer = urllib.request.urlopen(asked)
    assert "immutable" in answer.headers["Cache-Control"]
    if file.endswith((".css", ".js")):
        assert gzip.decompress(answer.read())


def prepares_nothing_twice(production):
    data = Path(production["XITUN_DATA"])
    manifest = data / "static" / "staticfiles.json"
    before = manifest.stat().st_mtime_ns
    again = manage(production, "prepare", "--demo")
    assert again.returncode == 0, again.stderr
    assert again.stdout == ""  # there are users: no demo town
    assert manifest.stat().st_mtime_ns == before
    assert "xitun/theme.css" in json.loads(manifest.read_text())["paths"]


def test_it_says_in_one_line_that_the_database_does_not_answer(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    done = manage(environment(tmp_path, DATABASE_URL=f"postgres://nobody@127.0.0.1:{port}/x"), "prepare")
    assert done.returncode == 1
    assert "DATABASE_URL cannot be used" in done.stderr
    assert "Traceback" not in done.stderr

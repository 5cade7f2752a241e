"""An installation for one run: its own folder, its own key, its own database. Nothing of the real one is opened."""

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import environ

from xitun.lib import keyfile

LEFT_OUT = ("REDIS_URL", "XITUN_TEST", "XITUN_HTTPS", "XITUN_DEBUG")


@contextmanager
def installation():
    """Points the environment at a fresh installation; call before Django is set up. Gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="xitun-bench-"))
    keyfile.save(folder / "key", keyfile.generate())
    os.environ.update(
        XITUN_DATA=str(folder / "data"),
        XITUN_KEY_FILE=str(folder / "key"),
        DJANGO_SETTINGS_MODULE="bench.settings",
        XITUN_PROCESS="bench",
    )
    for name in LEFT_OUT:
        os.environ.pop(name, None)
    server = os.environ.get("DATABASE_URL", "")
    try:
        with _database_beside(server) if server else _no_server():
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _no_server():
    yield  # SQLite in the folder


@contextmanager
def _database_beside(url):
    """A new PostgreSQL database on the server of `url`; DATABASE_URL names it meanwhile."""
    import psycopg2

    address = environ.Env.db_url_config(url)
    if "postgresql" not in address["ENGINE"]:
        raise SystemExit(f"bench: DATABASE_URL must be postgres://… or empty, not {url.split(':')[0]}://")
    name = f"xitun_bench_{os.getpid()}"

    def on_server(statement):
        link = psycopg2.connect(
            host=address["HOST"], port=address["PORT"] or None, user=address["USER"] or None,
            password=address["PASSWORD"] or None, dbname="postgres",
        )  # fmt: skip
        link.autocommit = True
        try:
            link.cursor().execute(statement)
        finally:
            link.close()

    on_server(f'CREATE DATABASE "{name}"')
    head, _slash, tail = url.rpartition("/")
    os.environ["DATABASE_URL"] = f"{head}/{name}" + ("?" + tail.partition("?")[2] if "?" in tail else "")
    try:
        yield
    finally:
        os.environ["DATABASE_URL"] = url
        from django.db import connections

        connections.close_all()
        on_server(f'DROP DATABASE IF EXISTS "{name}"')

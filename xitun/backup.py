"""Everything of one installation in one encrypted file, readable on either engine: rows as JSON lines, and the files.

The archive opens with the key file of the installation (XITUN_KEY_FILE) and with nothing else.
"""

import filecmp
import json
import shutil
import tarfile
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.counting import check_counts
from projects.outbox.channels import go_silent
from projects.papers import missing_files
from xitun.lib.sealed_stream import Broken, SealedReader, SealedWriter
from xitun.lib.vault import PARTIAL

# Made anew by migrate, or worth nothing after a restore.
LEFT_OUT = {"contenttypes", "sessions", "usersessions", "axes"}
LEFT_OUT_MODELS = {"auth.permission", "members.sign"}


class RestoreRefused(Exception):
    """The restore was not begun or was undone; the database is as it was."""


def _models():
    for model in apps.get_models():
        meta = model._meta
        if meta.app_label not in LEFT_OUT and meta.label_lower not in LEFT_OUT_MODELS and meta.managed:
            yield model


def backup(target):
    """Write the archive to `target` (a path). Returns its manifest: {"made_at", "migrations", "counts", "files",
    "missing" (files that rows name and that are not there, or not whole)}."""
    partial = Path(str(target) + ".part")
    with partial.open("wb") as raw, SealedWriter(raw) as sealed, tarfile.open(fileobj=sealed, mode="w|gz") as tar:
        manifest = _write_rows(tar)
        manifest |= {"files": _write_files(tar), "missing": missing_files()}
        manifest |= {"made_at": timezone.now().isoformat(), "migrations": _migrations()}
        with tempfile.TemporaryFile() as handle:
            handle.write(json.dumps(manifest).encode())
            _add(tar, "manifest.json", handle)
    partial.replace(target)  # a half-written backup never bears the name of a whole one
    _stamp(manifest["made_at"])
    return manifest


def _stamp(moment):
    """When the last backup was made, for xitun.doctor; a folder that cannot be written keeps nobody from a backup."""
    with suppress(OSError):
        (settings.XITUN_DATA / "last-backup").write_text(moment, encoding="ascii")


def _write_rows(tar):
    counts = {}
    with _one_moment():
        for model in _models():
            with tempfile.TemporaryFile() as handle:
                counts[model._meta.label_lower] = _dump(model, handle)
                _add(tar, f"rows/{model._meta.label_lower}.jsonl", handle)
    return {"counts": counts}


@contextmanager
def _one_moment():
    """A transaction in which all tables are read as they stand now, while others go on writing."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:  # atomic() would begin IMMEDIATE and lock the writers out
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def _dump(model, handle):
    count = 0
    for row in model._base_manager.order_by("pk").iterator(chunk_size=1000):
        handle.write(serializers.serialize("jsonl", [row]).strip().encode() + b"\n")
        count += 1
    return count


def _write_files(tar):
    """After the rows: a file is whole before a row names it, and none that a row names goes away. One that is half
    written, or swept away meanwhile, belongs to no row."""
    root, count = Path(settings.MEDIA_ROOT), 0
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.suffix != PARTIAL):
        with suppress(FileNotFoundError):
            tar.add(path, arcname=f"files/{path.relative_to(root).as_posix()}", recursive=False)
            count += 1
    return count


def _add(tar, name, handle):
    info = tarfile.TarInfo(name)
    info.size = handle.tell()
    handle.seek(0)
    tar.addfile(info, handle)


def _migrations():
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def restore(source):
    """Bring an archive back into an installation that holds nothing yet. All or nothing. Nothing goes out of the copy:
    the house itself may still be running. Returns the manifest, with "silenced": (channels, messages)."""
    call_command("migrate", verbosity=0, interactive=False)
    if any(apps.get_model(label)._base_manager.exists() for label in ("members.User", "members.Unit")):
        raise RestoreRefused(_("There is data here already. Restore only into an empty installation."))
    with tempfile.TemporaryDirectory(dir=settings.XITUN_DATA) as folder, _undone() as moved, transaction.atomic():
        with Path(source).open("rb") as raw, _open(raw) as tar:
            manifest = _read(tar, Path(folder))
        _reset_sequences()
        check_counts()  # a backup of an older version holds none
        manifest["silenced"] = go_silent(by=None)
        _move(Path(folder), moved)
    return manifest


@contextmanager
def _undone():
    """Yields a list of files to be put into it as they are moved: where anything fails, the commit included, none of
    them stays."""
    moved = []
    try:
        yield moved
    except BaseException:
        for path in moved:
            path.unlink(missing_ok=True)
        raise


def _move(folder, moved):
    """The files into their places. One that is there already as it was saved stays; another of its name is damaged, for
    no name is given twice."""
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        target = Path(settings.MEDIA_ROOT) / path.relative_to(folder)
        if target.is_file() and filecmp.cmp(path, target, shallow=False):
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        moved.append(target)
        shutil.move(path, target)


def _read(tar, folder):
    """Rows into the database, files into `folder`; returns the manifest once all agrees with it."""
    manifest, restored, files = None, {}, 0
    for member in tar:
        if member.name == "manifest.json":
            manifest = json.loads(tar.extractfile(member).read())
        elif member.name.startswith("rows/"):
            restored[member.name[5:-6]] = _load(tar.extractfile(member))
        elif member.name.startswith("files/"):
            files += _extract(tar, member, folder)
    _check(manifest, restored, files)
    return manifest


def _open(raw):
    try:
        return tarfile.open(fileobj=SealedReader(raw), mode="r|gz")
    except tarfile.TarError:
        raise Broken(_("The backup is damaged. Use another copy.")) from None


def _load(lines):
    count = 0
    for line in lines:
        for row in serializers.deserialize("jsonl", line.decode()):
            row.save(force_insert=True)
            count += 1
    return count


def _extract(tar, member, folder):
    member.name = member.name.removeprefix("files/")
    tar.extract(member, folder, filter="data")
    return 1


def _check(manifest, restored, files):
    if manifest is None:
        raise Broken(_("The backup is incomplete: its end is missing. Use another copy."))
    unknown = set(manifest["migrations"]) - set(_migrations())
    if unknown:
        raise RestoreRefused(_("The backup was made by a newer version. Update the program first."))
    if restored != manifest["counts"] or files != manifest["files"]:
        raise RestoreRefused(_("The counts do not agree with the backup's own. Nothing was restored."))


def _reset_sequences():
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(_models())):
            cursor.execute(statement)

"""The drill: everything into one file, into an empty installation again, and what is refused on the way."""

import shutil
from datetime import date

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db.models import Sum

from members.models import Category, Person, Unit
from projects.actions import save_record
from projects.models import Due, DueCount, Paper
from projects.papers import missing_files
from projects.sweep import open_dues
from tests.conftest import enrolled
from tests.projects.conftest import follow_up
from xitun.backup import _models
from xitun.lib import vault
from xitun.lib.papers import Prepared

pytestmark = pytest.mark.django_db(transaction=True)
ID_NUMBER = "620000196807050010"


@pytest.fixture
def filled(town, cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    paper = settings.MEDIA_ROOT / "2026" / "paper.txt"
    paper.parent.mkdir(parents=True)
    paper.write_text("见附件", encoding="utf-8")
    mobile = enrolled(town.huaishuwan, "张建国", Category.MOBILE, by=cast.staff, id_number=ID_NUMBER)
    sent = Prepared("门口.pdf", "pdf", b"%PDF-1.4")
    save_record(by=cast.secretary, entry=follow_up(mobile.enrolments.get(), papers=(sent,)))
    enrolled(town.liulin, "马文海", Category.POOR_WEAK, by=cast.staff)
    open_dues(date(2026, 9, 21))
    return paper


@pytest.fixture
def archive(filled, tmp_path):
    call_command("backup", str(tmp_path / "town.xitun"))
    return tmp_path / "town.xitun"


def counts():
    return {m._meta.label_lower: m._base_manager.count() for m in _models()}


def empty(paper):
    call_command("flush", interactive=False, verbosity=0)
    paper.unlink()


def test_it_restores_rows_files_and_secrets_into_an_empty_installation(filled, archive):
    before, dues = counts(), list(Due.objects.order_by("pk").values_list("duty", "occasion", "due_on", "path"))
    empty(filled)
    shutil.rmtree(filled.parents[1] / "papers")
    call_command("restore", str(archive))
    assert counts() == before
    kept = Paper.objects.get()
    assert (missing_files(), vault.take(kept.stored_as, kept.key)) == (0, b"%PDF-1.4")
    assert vault.path_of(kept.stored_as).stat().st_mode & 0o777 == 0o600
    assert filled.read_text(encoding="utf-8") == "见附件"
    assert Person.objects.get(name="张建国").id_number == ID_NUMBER
    assert list(Due.objects.order_by("pk").values_list("duty", "occasion", "due_on", "path")) == dues
    assert Unit.objects.add_root({"kind": "county", "name": "新县"}).pk  # sequences go on where they stood


def test_it_counts_the_dues_of_a_backup_that_is_older_than_the_counts(filled, tmp_path):
    DueCount.objects.all().delete()
    call_command("backup", str(tmp_path / "old.xitun"))
    empty(filled)
    call_command("restore", str(tmp_path / "old.xitun"))
    assert DueCount.objects.aggregate(open=Sum("open"))["open"] == Due.objects.count() > 0


def test_it_shows_nothing_without_the_key(archive, filled, settings):
    content = archive.read_bytes()
    assert "张建国".encode() not in content
    assert ID_NUMBER.encode() not in content
    empty(filled)
    settings.XITUN_FERNET_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="XITUN_KEY_FILE"):
        call_command("restore", str(archive))


def test_it_refuses_to_restore_over_data(archive):
    with pytest.raises(CommandError):
        call_command("restore", str(archive))


@pytest.mark.parametrize("spoil", ["cut", "changed", "foreign"])
def test_it_refuses_a_spoiled_archive_and_leaves_nothing(spoil, archive, filled):
    content = archive.read_bytes()
    cut, changed = content[: len(content) // 2], content[:-200] + b"A" * 199 + b"\n"
    archive.write_bytes({"cut": cut, "changed": changed, "foreign": b"PK" * 99}[spoil])
    empty(filled)
    with pytest.raises(CommandError):
        call_command("restore", str(archive))
    assert Unit.objects.count() == 0
    assert not filled.exists()

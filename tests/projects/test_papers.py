"""Photos and files of a record: kept with it, added later, taken off, looked at, swept."""

import os
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from members.models import AuditRow, Category
from projects import actions, papers
from projects.amending import amend_record
from projects.models import Paper, PeriodLock, Record
from projects.papers import Sending, add_papers, open_paper, void_paper
from tests.conftest import TODAY, enrolled
from tests.lib.photos import office, photo
from tests.projects.conftest import follow_up
from xitun.lib import vault
from xitun.lib.papers import Prepared
from xitun.lib.pictures import redrawn

pytestmark = pytest.mark.usefixtures("in_english")
PHOTO = Prepared("入户.jpg", "photo", *redrawn(photo()))
PAPER = Prepared("证明.docx", "docx", office())


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def record(cast, mobile):
    return actions.save_record(by=cast.secretary, entry=follow_up(mobile, papers=(PHOTO,)))


@pytest.fixture
def restricted(town, cast):
    someone = enrolled(town.huaishuwan, "马文海", Category.POOR_WEAK, by=cast.staff)
    enrolment = someone.enrolments.get()
    record = Record.objects.create(
        submission_id=uuid.uuid4(), kind="key.talk", unit=town.huaishuwan, path=town.huaishuwan.path,
        happened_on=TODAY, entered_at=timezone.now(), author=cast.secretary, restricted=True,
    )  # fmt: skip
    record.subjects.create(person=someone, enrolment=enrolment)
    return record


def sending(*prepared):
    return Sending(uuid.uuid4(), prepared)


def on_disk():
    return {name for name, _age in vault.names()}


def test_it_keeps_photos_in_the_act_that_saves_the_record(cast, record):
    paper = record.papers.get()
    assert (paper.name, paper.kind, paper.by, paper.size) == ("入户.jpg", "photo", cast.secretary, len(PHOTO.content))
    assert open_paper(by=cast.secretary, paper=paper) == PHOTO.content
    assert on_disk() == {paper.stored_as, paper.thumb_as}
    assert AuditRow.objects.get(act="save_record").detail["papers"] == [paper.pk]
    assert not AuditRow.objects.filter(act="view_paper").exists()


def test_it_keeps_nothing_twice(cast, mobile):
    sent = follow_up(mobile, papers=(PHOTO,))
    assert actions.save_record(by=cast.secretary, entry=sent) == actions.save_record(by=cast.secretary, entry=sent)
    assert Paper.objects.count() == 1


def test_it_adds_papers_later_once_with_a_trace(cast, record):
    sent = sending(PHOTO, PAPER)
    first = add_papers(by=cast.staff, record=record, sending=sent)
    assert add_papers(by=cast.staff, record=record, sending=sent) == first
    assert [p.name for p in record.papers.order_by("pk")] == ["入户.jpg", "入户.jpg", "证明.docx"]
    told = AuditRow.objects.get(act="add_papers")
    assert (told.person_id, told.detail["papers"]) == (record.concerned()[0], [p.pk for p in first])
    with pytest.raises(ValidationError, match="Somebody else"):
        add_papers(by=cast.secretary, record=record, sending=sent)


def test_it_puts_them_to_the_version_that_holds(cast, mobile, record):
    new = amend_record(by=cast.secretary, record=record, entry=follow_up(mobile, papers=(PAPER,)), reason="写错了")
    assert [p.name for p in new.papers.order_by("pk")] == ["入户.jpg", "证明.docx"]
    assert not record.papers.exists()
    assert add_papers(by=cast.secretary, record=record, sending=sending(PHOTO))[0].record == new


def test_it_adds_nothing_to_what_was_taken_back_or_sealed(cast, town, record):
    actions.void_record(by=cast.secretary, record=record, reason="x")
    with pytest.raises(ValidationError, match="taken back"):
        add_papers(by=cast.secretary, record=record, sending=sending(PHOTO))
    Record.objects.update(voided_at=None)
    PeriodLock.objects.create(unit=town.xitun, start=TODAY, end=TODAY.replace(month=10))
    for act in (
        lambda: add_papers(by=cast.secretary, record=record, sending=sending(PHOTO)),
        lambda: void_paper(by=cast.secretary, paper=record.papers.get(), reason="x"),
    ):
        with pytest.raises(ValidationError, match="sealed"):
            act()


def test_a_record_holds_so_many_and_not_more(cast, record, monkeypatch):
    monkeypatch.setattr(papers, "A_RECORD_HOLDS", 2)
    with pytest.raises(ValidationError, match="2 papers at most"):
        add_papers(by=cast.secretary, record=record, sending=sending(PHOTO, PAPER))
    assert record.papers.count() == 1


def test_it_takes_a_paper_off_with_a_reason_and_destroys_nothing(cast, record):
    paper = record.papers.get()
    with pytest.raises(ValidationError):
        void_paper(by=cast.secretary, paper=paper, reason=" ")
    void_paper(by=cast.secretary, paper=paper, reason="拍错了")
    assert not record.papers.live().exists()
    assert vault.take(paper.stored_as, paper.key) == PHOTO.content
    told = AuditRow.objects.get(act="void_paper")
    assert (told.purpose, told.detail["papers"]) == ("拍错了", [paper.pk])


def test_a_look_at_a_restricted_one_leaves_a_trace_and_it_has_no_thumbnail(cast, restricted):
    paper = add_papers(by=cast.secretary, record=restricted, sending=sending(PHOTO))[0]
    assert paper.thumb_as == ""
    assert open_paper(by=cast.staff, paper=paper) == PHOTO.content
    look = AuditRow.objects.get(act="view_paper")
    assert (look.actor, look.person_id, look.restricted) == (cast.staff, restricted.concerned()[0], True)


def test_nobody_sees_it_who_sees_the_record_for_the_sake_of_one_of_several(town, cast, mobile, record):
    neighbour = enrolled(town.liulin, "李四", Category.MOBILE, by=cast.staff)
    record.subjects.create(person=neighbour, enrolment=neighbour.enrolments.get())
    assert Record.objects.visible_to(cast.neighbour).filter(pk=record.pk).exists()
    assert not Paper.objects.visible_to(cast.neighbour).exists()
    assert Paper.objects.visible_to(cast.secretary).exists()
    record.subjects.exclude(person=neighbour).delete()
    assert Paper.objects.visible_to(cast.neighbour).exists()
    assert not Paper.objects.visible_to(cast.outsider).exists()


def test_it_sweeps_only_old_files_that_no_row_names(cast, mobile, record):
    with pytest.raises(RuntimeError), transaction.atomic():
        add_papers(by=cast.secretary, record=record, sending=sending(PAPER))
        raise RuntimeError
    kept = record.papers.get()
    assert len(on_disk()) == 3
    assert papers.sweep_files() == 0  # too young: its transaction may be open
    for name in on_disk():
        os.utime(vault.path_of(name), (1, 1))
    assert papers.sweep_files() == 1
    assert on_disk() == {kept.stored_as, kept.thumb_as}


@pytest.mark.django_db
def test_it_sweeps_nothing_for_a_database_to_which_the_files_do_not_belong(monkeypatch):
    monkeypatch.setattr(papers, "SWEPT_AT_MOST", 2)
    for _file in range(3):
        os.utime(vault.path_of(vault.put(b"x", vault.new_key())), (1, 1))
    assert papers.sweep_files() == 0
    assert len(on_disk()) == 3


def test_it_counts_files_that_are_gone(record):
    assert papers.missing_files() == 0
    vault.drop(record.papers.get().stored_as)
    assert papers.missing_files() == 1


def test_what_is_sent_under_the_number_of_another_record_s_is_refused(cast, mobile, record):
    """It would be lost, and called kept; to the version that holds by now it goes as before."""
    other = actions.save_record(by=cast.secretary, entry=follow_up(mobile))
    sent = sending(PHOTO)
    kept = add_papers(by=cast.secretary, record=record, sending=sent)
    with pytest.raises(ValidationError, match="sent already, for something else"):
        add_papers(by=cast.secretary, record=other, sending=sent)
    amend_record(by=cast.secretary, record=record, entry=follow_up(mobile), reason="写错了")
    assert add_papers(by=cast.secretary, record=record, sending=sent) == kept

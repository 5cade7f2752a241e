"""A large roster is read and written by a worker: seen, left, thrown away, tried again."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from members import jobs
from members.models import Job, Person, RosterImport
from members.roster import background, mend, staging, write
from members.roster.headings import unpack
from members.roster.mapping import map_columns
from members.roster.staging import stage_roster
from xitun.lib.readers import FileRefused

from .files import roster_of, someone, table, xlsx_bytes

State = Job.State


@pytest.fixture
def large(monkeypatch):
    """Every file and every roster is a large one; no message goes out."""
    monkeypatch.setattr(staging, "LARGE_FILE", 0)
    monkeypatch.setattr("members.views.roster.LARGE_ROSTER", 0)
    woken = []
    monkeypatch.setattr(jobs.run_job, "delay", woken.append)
    return woken


@pytest.fixture
def waiting(large, town, cast):
    """(roster, job): an upload that waits for its worker."""
    source = roster_of(*(someone(n) for n in range(1, 5)))
    roster = stage_roster(by=cast.staff, unit=town.xitun, source=source, later=background.judge_later)
    return roster, Job.objects.get()


def page(client, roster, name="roster-preview"):
    return client.get(reverse(name, args=[roster.pk])).content.decode()


def test_it_leaves_a_large_file_to_a_worker(waiting):
    roster, job = waiting
    assert (roster.busy, roster.lines.count(), job.state) == (True, 0, State.WAITING)
    assert jobs.run_job(str(job.pk))
    job.refresh_from_db()
    roster.refresh_from_db()
    assert (roster.busy, roster.lines.count(), job.state) == (False, 4, State.DONE)
    assert set(roster.lines.values_list("effect", flat=True)) == {"new"}


def test_it_reads_a_small_one_at_once(town, cast):
    source = roster_of(someone(1))
    roster = stage_roster(by=cast.staff, unit=town.xitun, source=source, later=background.judge_later)
    assert (roster.busy, roster.lines.count(), Job.objects.count()) == (False, 1, 0)


def test_it_refuses_at_once_what_is_no_table(large, town, cast):
    with pytest.raises(FileRefused):
        stage_roster(by=cast.staff, unit=town.xitun, source=xlsx_of_nothing(), later=background.judge_later)
    assert not RosterImport.objects.exists()


def xlsx_of_nothing():
    return SimpleUploadedFile("空.xlsx", b"PK\x03\x04 nothing")


def test_it_does_a_job_once(waiting):
    _roster, job = waiting
    assert jobs.run_job(str(job.pk))
    assert not jobs.run_job(str(job.pk))


def test_it_says_how_far_it_is_and_stops_when_thrown_away(waiting, cast, monkeypatch):
    roster, job = waiting
    monkeypatch.setattr(staging, "CHUNK", 2)
    seen = []

    def look(running, done):
        jobs_advance(running, done)
        seen.append(Job.objects.get().done)
        if done == 2:
            write.discard_roster(by=cast.staff, roster=roster)

    jobs_advance = background.advance
    monkeypatch.setattr(background, "advance", look)
    jobs.run_job(str(job.pk))
    job.refresh_from_db()
    assert seen == [2]
    assert job.state == State.CANCELLED
    assert not RosterImport.objects.exists()


def test_it_says_why_when_nobody_was_found(large, town, cast):
    source = SimpleUploadedFile("表.xlsx", xlsx_bytes({"Sheet1": [["会议", "日期"], ["支委会", "2026-03-01"]]}))
    stage_roster(by=cast.staff, unit=town.xitun, source=source, later=background.judge_later)
    job = Job.objects.get()
    jobs.run_job(str(job.pk))
    job.refresh_from_db()
    roster = RosterImport.objects.get()
    assert (job.state, roster.busy) == (State.FAILED, True)
    assert "支委会" not in job.error
    assert "姓名" in job.error


def test_it_lets_nobody_mend_or_write_what_a_worker_has(waiting, cast):
    roster, _job = waiting
    with pytest.raises(ValidationError):
        mend.settle_word(by=cast.staff, roster=roster, code="branch_unknown", text="某村", value="1")
    with pytest.raises(ValidationError):
        staging.open_roster(roster, by=cast.staff)


def test_it_writes_by_a_worker_as_a_whole(waiting, as_user, cast):
    roster, job = waiting
    jobs.run_job(str(job.pk))
    client = as_user(cast.staff)
    assert client.post(reverse("roster-confirm", args=[roster.pk])).status_code == 302
    assert not Person.objects.exists()
    assert "正在写入名册" in page(client, roster)
    assert client.post(reverse("roster-confirm", args=[roster.pk])).status_code == 302  # two taps, one job
    writing = Job.objects.get(kind="write_roster")
    jobs.run_job(str(writing.pk))
    assert Person.objects.count() == 4
    roster.refresh_from_db()
    assert (roster.busy, roster.created) == (False, 4)


def test_it_shows_the_work_and_offers_to_try_again(waiting, as_user, cast, monkeypatch):
    roster, job = waiting
    client = as_user(cast.staff)
    first = page(client, roster)
    assert 'http-equiv="refresh"' in first
    assert reverse("roster-retry", args=[roster.pk]) not in first
    Job.objects.update(state=State.RUNNING, beat_at=timezone.now() - jobs.DEAD - timedelta(minutes=1))
    jobs.look_after_jobs()
    broken = page(client, roster)
    assert "工作中断" in broken
    assert 'http-equiv="refresh"' not in broken
    assert client.post(reverse("roster-retry", args=[roster.pk])).status_code == 302
    job.refresh_from_db()
    assert job.state == State.WAITING
    client.post(reverse("roster-retry", args=[roster.pk]))  # nothing to try again: said, not broken
    assert jobs.run_job(str(job.pk))
    assert RosterImport.objects.get().lines.count() == 4


def test_it_begins_anew_after_it_broke_off(waiting, monkeypatch):
    roster, job = waiting

    def breaks(_job, _done):
        raise RuntimeError

    monkeypatch.setattr(background, "advance", breaks)
    jobs.run_job(str(job.pk))
    job.refresh_from_db()
    assert job.state == State.FAILED
    monkeypatch.undo()
    jobs.retry_jobs(roster.pk)
    jobs.run_job(str(job.pk))
    assert roster.lines.count() == 4


def begun_anew(roster):
    """A worker sleeps in a statement: it is said that the work broke off, and another has begun it anew."""
    Job.objects.update(beat_at=timezone.now() - jobs.DEAD - timedelta(minutes=1))
    jobs.look_after_jobs()
    jobs.retry_jobs(roster.pk)
    Job.objects.update(state=State.RUNNING, beat_at=timezone.now())


@pytest.mark.parametrize("asleep_in", ["insert_rows", "fresh_statistics", "match"])
def test_it_leaves_a_job_to_who_has_begun_it_anew(asleep_in, waiting, monkeypatch):
    """Who wakes up neither goes on nor says that the roster is ready."""
    roster, job = waiting
    does = getattr(staging, asleep_in)

    def sleeps(*args):
        begun_anew(roster)
        does(*args)

    monkeypatch.setattr(staging, asleep_in, sleeps)
    jobs.run_job(str(job.pk))
    job.refresh_from_db()
    roster.refresh_from_db()
    assert (job.state, job.done, job.ended_at, roster.busy) == (State.RUNNING, 0, None, True)


@pytest.mark.parametrize("raised", [None, ValidationError("x"), RuntimeError("x")])
def test_it_does_not_end_what_another_does(raised, waiting, monkeypatch):
    roster, job = waiting

    def sleeps(_job):
        begun_anew(roster)
        if raised:
            raise raised

    monkeypatch.setitem(jobs.KINDS, job.kind, sleeps)
    jobs.run_job(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.error, job.ended_at) == (State.RUNNING, "", None)


def test_it_wakes_again_what_was_not_heard_of(waiting, large):
    _roster, job = waiting
    jobs.look_after_jobs()
    assert large == []
    Job.objects.update(beat_at=timezone.now() - jobs.UNHEARD - timedelta(seconds=1))
    jobs.look_after_jobs()
    assert large == [str(job.pk)]


def test_it_takes_an_upload_although_the_broker_is_down(
    as_user, cast, town, monkeypatch, django_capture_on_commit_callbacks
):
    def down(_pk):
        raise OSError("refused")

    monkeypatch.setattr(staging, "LARGE_FILE", 0)
    monkeypatch.setattr(jobs.run_job, "delay", down)
    file = SimpleUploadedFile("花名册.xlsx", xlsx_bytes({"Sheet1": table(someone(1))}))
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_user(cast.staff).post("/roster/", {"file": file, "unit": town.xitun.pk, "on": "2026-09-01"})
    assert answer.status_code == 302
    assert Job.objects.get().state == State.WAITING


def test_it_judges_a_large_file_anew_by_a_worker(waiting, large, cast):
    roster, job = waiting
    jobs.run_job(str(job.pk))
    roster.refresh_from_db()
    heading = next(heading for heading in unpack(roster.headings) if heading.column == "name")
    answers = {heading.key: heading.column}
    again = map_columns(by=cast.staff, roster=roster, answers=answers, later=background.judge_later)
    assert again.busy
    newest = background.job_of(roster)
    assert newest.pk != job.pk
    jobs.run_job(str(newest.pk))
    roster.refresh_from_db()
    assert (roster.busy, roster.lines.count()) == (False, 4)


def test_nothing_is_written_by_hand_while_a_worker_judges(large, town, cast, as_user):
    source = roster_of(*(someone(number) for number in range(1, 5)))
    roster = stage_roster(by=cast.staff, unit=town.xitun, source=source, later=background.judge_later)
    page = as_user(cast.staff).post(f"/roster/{roster.pk}/confirm/", follow=True)
    roster.refresh_from_db()
    assert (page.status_code, roster.busy, roster.confirmed_at) == (200, True, None)
    assert roster.pieces.exists()

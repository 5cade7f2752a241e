"""An old ledger becomes records: read tolerantly, shown first, written once, taken back whole."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from members.actions import change_identity
from members.models import AuditRow, Category
from projects import registry
from projects.actions import save_record
from projects.ledger_sheets import ledger_sheets
from projects.ledgers import Ledger
from projects.models import Due, OldLedger, PeriodLock, Record
from projects.old_ledgers.acts import (
    choose_people,
    judge_kept,
    keep_old_ledger,
    undo_old_ledger,
    write_old_ledger,
)
from projects.old_ledgers.cells import CellError, how, jotted
from projects.old_ledgers.headings import places_of
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import FOLLOW_UP, entry, state_of
from xitun.lib.readers import FORMULA
from xitun.lib.sheets import write_xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
ID = "620000195003020014"
HEAD = "序号,姓名,身份证号,流出时间,流出地,一季度,二季度,三季度联系,家庭走访,备注"
LINE = f"1,张建国,{ID},2025.2.10,深圳,2026.3.15,5月20日 微信 一切都好,8.3,2026-02-12,无"


@pytest.fixture
def person(town, cast):
    """The cast's mobile member, with an ID number."""
    return enrolled(town.huaishuwan, "张建国", Category.MOBILE, by=cast.staff, id_number=ID)


def table(*lines, head=HEAD):
    return BytesIO("\n".join(["槐树湾村党支部流动党员台账", head, *lines, "合计,1人"]).encode())


def keep(cast, source, *, by=None, project="joint", method="phone", on=TODAY, name=""):
    by = by or cast.secretary
    unit = by.grants.get().unit
    sent = {"unit": unit, "source": source, "filename": name, "on": on, "method": method}
    return keep_old_ledger(by=by, project=registry.project(project), **sent)


def kinds(records):
    return sorted((record.kind, record.happened_on) for record in records)


def told(judged):
    return [(trouble.line, trouble.heading, trouble.value) for trouble in judged.troubles]


WRITTEN = [
    ("joint.departure", date(2025, 2, 10)),
    ("joint.family_visit", date(2026, 2, 12)),
    ("joint.follow_up", date(2026, 3, 15)),
    ("joint.follow_up", date(2026, 5, 20)),
    ("joint.follow_up", date(2026, 8, 3)),
]


def test_it_writes_nothing_before_it_is_confirmed(cast, person):
    upload, judged = keep(cast, table(LINE))
    assert (len(judged.new), judged.troubles, judged.choices) == (5, [], [])
    assert not Record.objects.exists()
    assert ID not in str(OldLedger.objects.filter(pk=upload.pk).extra(select={"raw": "content"}).values("raw"))


def test_it_becomes_records(cast, person):
    upload, _judged = keep(cast, table(LINE))
    upload = write_old_ledger(by=cast.secretary, upload=upload)
    records = Record.objects.filter(subjects__person=person)
    assert kinds(records) == WRITTEN
    assert {(r.author, r.entered_late, r.carried_from) for r in records} == {(cast.secretary, False, upload)}
    assert records.get(kind="joint.departure").projects_joint_departure.destination == "深圳"
    spring = records.get(happened_on=date(2026, 5, 20))
    assert (spring.projects_joint_followup.method, spring.narrative) == ("wechat", "微信 一切都好")
    assert (upload.written, upload.content) == (5, "")
    assert AuditRow.objects.filter(act="write_old_ledger", actor=cast.secretary).count() == 1


def test_it_settles_what_was_owed_then(cast, person):
    open_dues(date(2026, 9, 1))
    upload, _judged = keep(cast, table(LINE))
    write_old_ledger(by=cast.secretary, upload=upload)
    due = Due.objects.get(duty="joint.follow_up", occasion="2026Q3")
    assert state_of(due) == "on_time"
    assert not Due.objects.filter(duty="joint.briefing").exists()  # of a departure long gone


def test_it_adds_nothing_the_second_time(cast, person):
    upload, _judged = keep(cast, table(LINE))
    write_old_ledger(by=cast.secretary, upload=upload)
    write_old_ledger(by=cast.secretary, upload=upload)
    again, judged = keep(cast, table(LINE), by=cast.staff)
    assert (len(judged.new), len(judged.known)) == (0, 5)
    write_old_ledger(by=cast.staff, upload=again)
    assert Record.objects.count() == 5


def test_it_does_not_double_what_was_entered_by_hand(cast, person):
    row = person.enrolments.get()
    detail = {"departs_on": date(2025, 2, 10), "destination": "深圳"}
    save_record(by=cast.staff, entry=entry("joint.departure", row, happened_on=date(2025, 2, 20), detail=detail))
    save_record(by=cast.staff, entry=entry("joint.follow_up", row, happened_on=date(2026, 8, 3), detail=FOLLOW_UP))
    _upload, judged = keep(cast, table(LINE))
    assert sorted(plan.entry.kind for plan in judged.known) == ["joint.departure", "joint.follow_up"]


def test_it_is_taken_back_and_may_come_again(cast, person):
    upload, _judged = keep(cast, table(LINE))
    upload = write_old_ledger(by=cast.secretary, upload=upload)
    assert undo_old_ledger(by=cast.secretary, upload=upload)[1] == 5
    assert not Record.objects.live().exists()
    with pytest.raises(ValidationError):
        undo_old_ledger(by=cast.secretary, upload=upload)
    again, judged = keep(cast, table(LINE))
    assert len(judged.new) == 5
    write_old_ledger(by=cast.secretary, upload=again)
    assert kinds(Record.objects.live()) == WRITTEN


def test_it_reads_what_the_ledger_itself_shows(cast, person, town):
    upload, _judged = keep(cast, table(LINE))
    write_old_ledger(by=cast.secretary, upload=upload)
    found = Ledger(registry.project("joint"), cast.secretary, town.huaishuwan)
    shown = dict(zip([c.key for c in found.columns], next(found.rows()).cells, strict=True))
    assert (shown["left_on"], shown["contacts_q1"]) == (date(2025, 2, 10), date(2026, 3, 15))


def test_it_reads_headings_of_two_rows(cast, person):
    head = "姓名,身份证号,流动情况,,联系情况,,,\n,,流出时间,流出地,一季度,二季度,三季度,四季度"
    _upload, judged = keep(cast, table(f"张建国,{ID},2025.2.10,深圳,3.15,5.20,8.3,", head=head))
    assert judged.troubles == []
    assert [kind for kind, _day in kinds(plan.entry for plan in judged.new)] == [
        "joint.departure", "joint.follow_up", "joint.follow_up", "joint.follow_up",
    ]  # fmt: skip


def test_it_finds_nothing_new_in_our_own_workbook(cast, person, town):
    upload, _judged = keep(cast, table(LINE))
    write_old_ledger(by=cast.secretary, upload=upload)
    file = BytesIO()
    with translation.override("zh-hans"):
        write_xlsx(file, ledger_sheets(Ledger(registry.project("joint"), cast.secretary, town.huaishuwan)))
    _upload, judged = keep(cast, file)
    assert (judged.rows, judged.troubles, judged.choices, judged.new) == (1, [], [], [])
    assert len(judged.known) == 5


def test_it_leaves_a_trace_of_a_file_nobody_confirmed(cast, person, town):
    upload, _judged = keep(cast, table(LINE), name="旧台账.csv")
    OldLedger.objects.update(created_at=timezone.now() - timedelta(days=8))
    keep(cast, table(LINE))
    assert OldLedger.objects.count() == 1
    row = AuditRow.objects.get(act="forget_old_ledger")
    assert (row.actor, row.object_id, row.path) == (None, str(upload.pk), town.huaishuwan.path)
    assert row.detail == {"file": "旧台账.csv", "rows": 1}


# who is meant -------------------------------------------------------------------------------------------------------


def test_it_never_takes_somebody_by_the_name_alone(cast, person):
    head, line = "姓名,流出地,一季度", "张建国,深圳,3.15"
    upload, judged = keep(cast, table(line, head=head))
    assert (judged.new, [c.name for c in judged.choices]) == ([], ["张建国"])
    row = person.enrolments.get()
    choose_people(by=cast.secretary, upload=upload, choices={"0": str(row.pk)})
    upload.refresh_from_db()
    judged = judge_kept(upload)
    assert len(judged.new) == 1
    assert ["leaves on" in trouble.why for trouble in judged.troubles] == [True]  # a departure needs its day
    choose_people(by=cast.secretary, upload=upload, choices={"0": "out"})
    upload.refresh_from_db()
    assert judge_kept(upload).new == []


@pytest.mark.parametrize(
    "born, namesake, new, choices",
    [
        ("1950-03-02", None, 1, 0),
        ("1950.03", None, 1, 0),  # the ledger's own column is 出生年月
        ("1950.03", date(1950, 3, 9), 0, 1),
        ("1950-03-02", date(1950, 3, 9), 1, 0),
        ("1951-03-02", None, 0, 1),
    ],
)
def test_it_tells_namesakes_by_branch_and_birth(cast, person, town, born, namesake, new, choices):
    if namesake:
        enrolled(town.huaishuwan, "张建国", Category.MOBILE, by=cast.staff, birth_date=namesake)
    _upload, judged = keep(cast, table(f"张建国,{born},3.15", head="姓名,出生年月,一季度"))
    assert (len(judged.new), len(judged.choices)) == (new, choices)


def test_it_asks_where_the_number_is_another_persons_than_the_name(cast, person, town):
    other = enrolled(town.huaishuwan, "李建国", Category.MOBILE, by=cast.staff)
    upload, judged = keep(cast, table(LINE.replace("张建国", "李建国")))
    (choice,) = judged.choices
    assert (judged.new, judged.troubles) == ([], [])
    assert [row.person for row in choice.candidates] == [person, other]
    choose_people(by=cast.secretary, upload=upload, choices={"0": str(other.enrolments.get().pk)})
    upload.refresh_from_db()
    assert {plan.subject.person for plan in judge_kept(upload).new} == {other}


def test_it_takes_a_name_borne_before_for_no_disagreement(cast, person):
    told = {"by": cast.staff, "person": person, "evidence": "register", "reason": "户口更名"}
    change_identity(**told, on=date(2026, 3, 1), name="张建新")
    line = LINE.replace("张建国", "张 建国")
    assert (len(keep(cast, table(line))[1].new), len(keep(cast, table(LINE))[1].new)) == (5, 5)
    person.former_identities.update(superseded_at=timezone.now())  # never borne after all
    assert len(keep(cast, table(LINE))[1].choices) == 1


def test_it_needs_one_statement_for_many_disagreements(cast, person, town):
    lines = [LINE.replace("张建国", f"李建{n}") for n in "一二三"]
    keep(cast, table(LINE))  # what is looked up once for all
    counts = []
    for some in (lines[:1], lines):
        with CaptureQueriesContext(connection) as queries:
            keep(cast, table(*some))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_it_knows_nobody_of_another_branch(cast, person):
    _upload, judged = keep(cast, table(LINE), by=cast.neighbour)
    assert judged.new == []
    assert told(judged) == [(3, "ID number", "…")]


def test_it_writes_only_where_one_may_write(cast, person, town):
    with pytest.raises(PermissionDenied):
        keep_old_ledger(
            by=cast.reader, project=registry.project("joint"), unit=town.huaishuwan, source=table(LINE), on=TODAY
        )


# what is not understood ---------------------------------------------------------------------------------------------


def test_it_names_every_cell_it_does_not_understand(cast, person):
    line = f"1,张建国,{ID},上个月,深圳,7.3,每月2-3次,2026.9.31,2026-12-01,"
    _upload, judged = keep(cast, table(line))
    assert judged.new == []
    assert [(t.heading, t.value) for t in judged.troubles] == [
        ("contact, first quarter", "7.3"),
        ("contact, second quarter", "每月2-3次"),
        ("contact, third quarter", "2026.9.31"),
        ("went out on", "上个月"),
        ("family visit", "2026-12-01"),
    ]
    assert all(t.why and t.mend and t.line == 3 for t in judged.troubles)


def test_it_names_columns_it_leaves_out(cast, person):
    _upload, judged = keep(cast, table(f"{LINE},三星", head=f"{HEAD},评定等次"))
    assert judged.left_out == ["评定等次"]


def test_it_refuses_what_lies_in_a_sealed_quarter(cast, person, town):
    PeriodLock.objects.create(unit=town.xitun, start=date(2026, 1, 1), end=date(2026, 4, 1))
    _upload, judged = keep(cast, table(LINE))
    assert sorted(plan.entry.happened_on for plan in judged.new) == [
        date(2025, 2, 10), date(2026, 5, 20), date(2026, 8, 3),
    ]  # fmt: skip
    assert all("sealed" in trouble.why for trouble in judged.troubles)


def test_it_takes_back_what_lies_in_no_sealed_quarter_and_says_what_stays(as_user, cast, person, town):
    client, upload = as_user(cast.secretary), keep(cast, table(LINE))[0]
    url = f"/old-ledgers/{upload.pk}/"
    write_old_ledger(by=cast.secretary, upload=upload)
    PeriodLock.objects.create(unit=town.xitun, start=date(2026, 1, 1), end=date(2026, 4, 1))
    client.post(f"{url}undo/")  # without having seen what stays
    assert Record.objects.live().count() == 5
    page = client.get(url)
    assert [who for who, _what in page.context["held_back"]] == ["张建国"] * 2
    client.post(f"{url}undo/", {"staying": page.context["staying"]})
    assert kinds(Record.objects.live()) == WRITTEN[1:3]
    assert client.get(url).context["staying"] == 2


def test_what_was_sealed_as_done_stays_too(cast, person, town, on_day):
    """The visit of February has done what was due in June."""
    on_day(date(2026, 2, 1), lambda: open_dues(date(2026, 2, 1)))
    upload = write_old_ledger(by=cast.secretary, upload=keep(cast, table(LINE))[0])
    PeriodLock.objects.create(unit=town.xitun, start=date(2026, 4, 1), end=date(2026, 7, 1))
    undo_old_ledger(by=cast.secretary, upload=upload, staying=2)
    assert kinds(Record.objects.live()) == [WRITTEN[1], WRITTEN[3]]


def test_it_takes_nothing_back_where_all_is_sealed(cast, person, town):
    upload = write_old_ledger(by=cast.secretary, upload=keep(cast, table(LINE))[0])
    PeriodLock.objects.create(unit=town.xitun, start=date(2025, 1, 1), end=date(2026, 10, 1))
    with pytest.raises(ValidationError, match="sealed quarters"):
        undo_old_ledger(by=cast.secretary, upload=upload, staying=5)
    assert Record.objects.live().count() == 5


def test_it_takes_a_try_for_a_try(cast, person):
    upload, _judged = keep(cast, table(f"张建国,{ID},3.15 电话 无人接听", head="姓名,身份证号,一季度"))
    write_old_ledger(by=cast.secretary, upload=upload)
    assert Record.objects.get().projects_joint_followup.reached is False


@pytest.mark.parametrize(
    "cell, days",
    [
        ("3.15", [(3, 15)]), ("3月15日 电话", [(3, 15)]), ("2026.3.15", [(3, 15)]), (3.15, [(3, 15)]), (3.4, [(3, 4)]),
        (2.3, [(2, 3)]), ("3.1", [(3, 1)]), ("1.5电话、3.20微信", [(1, 5), (3, 20)]), (date(2026, 3, 15), [(3, 15)]),
        (46096, [(3, 15)]), ("２０２６年３月１５日", [(3, 15)]), ("三月十五日", [(3, 15)]), ("20260315", [(3, 15)]),
        ("3.15和4.20电话", [(3, 15), (4, 20)]),
    ],
)  # fmt: skip
def test_it_reads_days_as_they_were_jotted_down(cell, days):
    assert [(found.day.month, found.day.day) for found in jotted(cell, year=2026)] == days


@pytest.mark.parametrize(
    "cell", ["3.15 通话1.5小时", "3.15电话联系 家中2.5亩地托人代种", "3.15 寄回1.2斤", "3.15 电话，发烧2.5天"]
)
def test_it_makes_no_day_of_a_figure(cell):
    assert [found.day for found in jotted(cell, year=2026)] == [date(2026, 3, 15)]


@pytest.mark.parametrize(
    "cell",
    [
        "3.15电话4.2微信",
        "家里涨了2.5",
        3.1,
        3.2,
        2.31,
        "1.5万元",
        "13912345678",
        "26.3.15",
        "2.30",
        1e300,
        True,
        FORMULA,
    ],
)
def test_it_guesses_no_day(cell):
    with pytest.raises(CellError) as refused:
        jotted(cell, year=2026)
    assert refused.value.why


def test_it_tells_how_from_what_is_left_to_say():
    assert how("电话") == ("phone", True, "")
    assert how("微信联系") == ("wechat", True, "")
    assert how("电话 无人接听") == ("phone", False, "电话 无人接听")


UNREACHED = "电话打不通 电话无法接通 拒接 多次拨打均无法联系 未能联系到 不在服务区 没打通 电话未通 占线 联系不上"


@pytest.mark.parametrize("words", UNREACHED.split())
def test_it_takes_no_try_for_a_contact(words):
    assert how(words)[1] is False


@pytest.mark.parametrize("words", ["电话，考试未通过", "微信通知已到", "电话 未上班在家", "电话 不接受调岗"])
def test_it_takes_a_contact_for_one_whatever_was_said(words):
    assert how(words)[1] is True


# the pages ----------------------------------------------------------------------------------------------------------


def send(client, content, name="旧台账.csv", project="joint", **more):
    file = SimpleUploadedFile(name, content if isinstance(content, bytes) else content.read())
    data = {"file": file, "on": "2026-09-21", "method": "phone"} | more
    return client.post(f"/ledgers/{project}/import/", data)


def test_it_goes_by_pages(as_user, cast, person, town):
    client = as_user(cast.secretary)
    url = send(client, table(LINE, "2,李四,,,,3.1,,,,"), unit=town.huaishuwan.pk)["Location"]
    page = client.get(url).content.decode()
    assert "张建国" in page
    assert "李四" in page
    client.post(f"{url}write/")
    assert Record.objects.count() == 5
    client.post(f"{url}undo/")
    assert not Record.objects.live().exists()


@pytest.mark.parametrize(
    "title, name, on, asks",
    [
        ("2025年流动党员台账", "旧台账.csv", "2026-09-21", True),
        ("流动党员台账", "2025年旧台账.csv", "2026-09-21", True),
        ("2025年流动党员台账", "旧台账.csv", "2025-12-31", False),
        ("2025—2026年流动党员台账", "2025年旧台账.csv", "2026-09-21", False),
        ("流动党员台账", "旧台账.csv", "2026-09-21", False),
    ],
)
def test_it_asks_about_the_year_when_the_title_names_another(as_user, cast, person, town, title, name, on, asks):
    """The day of a ledger is today unless somebody changes it, and 3.15 is of its year: last year's would be written
    as this year's."""
    source = "\n".join([title, "姓名,身份证号,流出时间,一季度", f"张建国,{ID},2025年2月10日,3.15"]).encode()
    client = as_user(cast.secretary)
    page = client.get(send(client, source, name, on=on, unit=town.huaishuwan.pk)["Location"]).content.decode()
    assert ("这份台账写的是2025年" in page) is asks


def test_it_takes_a_choice_on_the_page(as_user, cast, person, town):
    client = as_user(cast.secretary)
    url = send(client, table("张建国,深圳,3.15", head="姓名,流出地,一季度"), unit=town.huaishuwan.pk)["Location"]
    assert client.post(url, {"row-0": "999999"}).status_code == 422
    assert client.post(url, {"row-0": str(person.enrolments.get().pk)}).status_code == 302
    client.post(f"{url}write/")
    assert Record.objects.count() == 1


@pytest.mark.parametrize("role, status", [("neighbour", 404), ("staff", 404), ("reader", 404), ("outsider", 404)])
def test_it_is_seen_by_who_made_it(as_user, cast, person, role, status):
    upload, _judged = keep(cast, table(LINE))
    client = as_user(getattr(cast, role))
    assert client.get(f"/old-ledgers/{upload.pk}/").status_code == status
    assert client.post(f"/old-ledgers/{upload.pk}/write/").status_code == status
    assert not Record.objects.exists()


def test_it_opens_to_who_writes(as_user, cast):
    assert as_user(cast.reader).get("/ledgers/joint/import/").status_code == 403
    assert as_user(cast.secretary).get("/ledgers/key/import/").status_code == 200
    assert as_user(cast.secretary).get("/ledgers/nothing/import/").status_code == 404


HOSTILE = [
    b"", b"PK\x03\x04 broken", b"%PDF-1.4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", b"\x00" * 900,
    "姓名,一季度\n=1+1,=2".encode(), "姓名\n张建国".encode(), ("姓名,一季度\n" + "张,3.15\n" * 3005).encode(),
    f"姓名,身份证号,一季度\n张建国,6.2E+17,{'9' * 5000}".encode(), "姓名,身份证号,一季度\n<script>,1,\"\"\"".encode(),
]  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_it_answers_hostile_files_in_words(as_user, cast, person, town, content):
    client = as_user(cast.secretary)
    answer = send(client, content, name="台账.xlsx" if content[:2] == b"PK" else "台账.csv", unit=town.huaishuwan.pk)
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        assert client.get(answer["Location"]).status_code == 200
    assert not Record.objects.exists()


def test_every_room_knows_its_own_headings():
    for project in registry.all_projects():
        assert places_of(project), project.code

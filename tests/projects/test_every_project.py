"""Every room by itself: whatever a room declares must exist, be enterable, settle what it says, and be translated."""

import re
import uuid
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import polib
import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from python_calamine import CalamineWorkbook

from members import actions as members_acts
from members.models import Category, Person, Setting, Standing
from members.models.enrolments import RESTRICTED_CATEGORIES
from projects import actions, registry
from projects.ledger_sheets import ledger_sheets
from projects.ledgers import Ledger
from projects.links import record_link
from projects.models import Detail, Due
from projects.sweep import open_dues
from projects.workflow import DEATH, Cadence, Responsible, Subject
from tests.conftest import TODAY, enrolled
from xitun.lib.sheets import write_xlsx

PROJECTS = registry.all_rooms()
KINDS = [(p, k) for p in PROJECTS for k in p.kinds]
DUTIES = [(p, d) for p in PROJECTS for d in p.duties]
PO = Path(__file__).parents[2] / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"

each_project = pytest.mark.parametrize("project", PROJECTS, ids=lambda p: p.code)
each_kind = pytest.mark.parametrize("project,kind", KINDS, ids=lambda x: x.code)
each_duty = pytest.mark.parametrize("project,duty", DUTIES, ids=lambda x: x.code)

# DOMAIN §2.1–2.8: the headings of the paper ledgers. A `quarters:` column is one heading and four columns.
HEADINGS = {
    "post": "姓名 职务 任职时间 分工 年度目标 月计划 完成情况 季度得分 绩效报酬 备注",
    "guidance": "姓名 岗位 职责 承诺事项 完成时限 联系户 完成 评价",
    "joint": "姓名 性别 出生年月 入党时间 所在支部 流出时间 流出地 从业情况 联系电话 活动证编号 流入地党组织 联系人"
    " 联系 家庭走访 返乡时间 备注",
    "determined_person": "姓名 困难类型 家庭人口 帮扶责任人 帮扶措施 落实时间 资金物资 走访记录 成效 动态",
    "transmission_help": "姓名 年龄 党龄 健康状况 特长 参加组织 建言 传帮对象 走访慰问",
    "key": "姓名 事实依据 告知时间 本人意见 帮教责任人 措施 时限 谈话次数 完成情况 评定 解除时间",
    "visit": "姓名 原单位职务 退休时间 特长 居住地 身体状况 服务意愿 走访 送学 建议办理",
    "life": "时间 类型 主题 主持人 应到 实到 请假 缺席 补课 学时 记录人",
}
NAMES = {
    "post": ("责任工程", "岗位管理", "在职党员"),
    "guidance": ("兴业致富工程", "引导管理", "无职党员"),
    "joint": ("跟踪工程", "联合管理", "流动党员"),
    "determined_person": ("解困工程", "定人管理", "帮扶对象"),
    "transmission_help": ("余热工程", "传帮管理", "老年党员"),
    "key": ("帮教工程", "重点管理", "帮教对象"),
    "visit": ("服务工程", "走访管理", "离退休党员"),
    "direct": ("基础工程", "直接管理", "发展培养对象"),
    "life": ("组织生活", "三会一课、主题党日和学习", "组织生活"),
}


def sample(field):
    """A plain valid value for a detail column, chosen by its type."""
    if field.choices:
        return field.choices[0][0]
    if field.is_relation:
        return None
    if isinstance(field, models.BooleanField):
        return True
    if isinstance(field, models.DateField):
        return TODAY
    if isinstance(field, models.DecimalField):
        return Decimal("1.5")
    if isinstance(field, models.IntegerField):
        return field.default if field.has_default() else 1
    return f"{field.name}"[: field.max_length]


# Where a column's value depends on another column or a range, the type alone cannot know it.
PARTICULAR = {
    "post.annual_plan": {"year": 2026},
    "life.flexible_study": {"year": 2026},
    "key.help_term": {"ends_on": date(2027, 3, 21)},
    "key.term_review": {"until": None},
}


# What must have been written, and how, for an occasion that not every record of its kind makes.
BEFORE = {
    "key.appeal": (("statement", {"position": "appeals"}),),
    "key.extension_end": (
        ("help_term", {}), ("term_review", {"outcome": "extended", "until": date(2027, 6, 21)}),
    ),
    "joint.search": tuple(("follow_up", {"reached": False}, TODAY - timedelta(days=n)) for n in (5, 3, 1)),
}  # fmt: skip


def sample_detail(project, kind):
    model = registry.detail_model(f"{project.code}.{kind.code}")
    if model is None:
        return {}
    values = {name: sample(model._meta.get_field(name)) for name in kind.fields}
    return values | PARTICULAR.get(f"{project.code}.{kind.code}", {})


@pytest.fixture
def standing_in(town, cast):
    """`standing_in(project, subject)` is an enrolment, a post or None (the branch) in Huaishuwan, long since there."""

    def make(project, subject, standing=None):
        if subject is Subject.UNIT:
            members_acts.register_person(
                by=cast.staff, unit=town.huaishuwan, name="王某", standing=Standing.APPLICANT, on=date(2025, 5, 20),
                group="第一党小组",
            )  # fmt: skip
            Setting.objects.create(key="committee_from", value=0, from_date=date(2025, 1, 1))
            return None
        if subject is Subject.POST:
            name = f"李某{town.huaishuwan.posts.count() or ''}"
            return members_acts.hold_post(
                by=cast.staff, unit=town.huaishuwan, title="村委会主任", holder_name=name, from_date=date(2025, 1, 4)
            )
        standing = standing or (Standing.ACTIVIST if project.category == Category.DEVELOPING else Standing.FULL)
        known = {"birth_date": date(1958, 3, 2), "joined_on": date(1980, 7, 1), "sex": "M", "standing": standing}
        person = enrolled(town.huaishuwan, "王某", project.category, by=cast.staff, **known)
        return person.enrolments.get(category=project.category)

    return make


def entry_for(project, kind, subject, unit, **changes):
    values = {
        "kind": f"{project.code}.{kind.code}",
        "unit": unit,
        "happened_on": TODAY,
        "submission_id": uuid.uuid4(),
        "enrolments": (subject,) if kind.subject is Subject.ENROLMENT else (),
        "post": subject if kind.subject is Subject.POST else None,
        "narrative": "已办理",
        "detail": sample_detail(project, kind),
        "people": tuple(Person.objects.filter(unit=unit)) if kind.people else (),
    }
    return actions.Entry(**(values | changes))


@each_project
def test_it_is_complete(project):
    assert project.category in Category.values or project.code == "life"
    assert project.restricted == (project.category in RESTRICTED_CATEGORIES)
    assert len({d.code for d in project.duties}) == len(project.duties)
    assert len({k.code for k in project.kinds}) == len(project.kinds)
    assert len({c.key for c in project.columns}) == len(project.columns)
    assert project.duties
    assert callable(registry.rules(project.code).may_enter)


def test_it_has_one_project_for_every_category():
    assert sorted(p.category for p in registry.all_projects()) == sorted(Category.values)


@each_duty
def test_it_declares_duties_that_can_be_discharged(project, duty):
    assert duty.source, "name the line of the seed or of DOMAIN"
    assert duty.by in Responsible
    assert duty.kinds
    for code in duty.kinds:
        assert project.kind(code).subject is duty.subject
    if duty.cadence is Cadence.OCCASION:
        assert duty.after == DEATH or project.kind(duty.after).subject is duty.subject
    if duty.when:
        name, value = duty.when
        field = registry.detail_model(f"{project.code}.{duty.after}")._meta.get_field(name)
        assert value in dict(field.choices)
    if duty.after_field:
        model = registry.detail_model(f"{project.code}.{duty.after}")
        assert isinstance(model._meta.get_field(duty.after_field), models.DateField)
    if duty.about:
        model = registry.detail_model(f"{project.code}.{duty.after}")
        assert isinstance(model._meta.get_field(duty.about), models.CharField)
    assert duty.after_field or not duty.otherwise_days
    for rule in filter(None, (duty.needed, duty.unless)):
        assert callable(getattr(registry.rules(project.code), rule))
    assert bool(duty.festivals) == (duty.cadence is Cadence.FESTIVAL)
    for code in duty.between:
        assert project.kind(code)


@each_kind
def test_it_has_a_typed_table_for_every_kind_with_columns(project, kind):
    model = registry.detail_model(f"{project.code}.{kind.code}")
    if model is None:
        assert not kind.fields
        return
    assert issubclass(model, Detail)
    columns = {f.name: f for f in model._meta.get_fields() if f.name != "record"}
    assert set(kind.fields) <= set(columns)
    assert all(columns[name].blank for name in set(columns) - set(kind.fields)), "nobody could fill these"
    assert not any(isinstance(f, models.JSONField) for f in model._meta.get_fields())


@each_kind
def test_it_can_save_a_record_of_every_kind(project, kind, standing_in, town, cast):
    subject = standing_in(project, kind.subject)
    record = actions.save_record(by=cast.secretary, entry=entry_for(project, kind, subject, town.huaishuwan))
    assert record.restricted == project.restricted
    model = registry.detail_model(record.kind)
    if model:
        kept = model.objects.get(record=record)
        for name, value in sample_detail(project, kind).items():
            assert getattr(kept, name) == value
    said = sample_detail(project, kind)
    after = [d for d in project.duties if d.after == kind.code and not d.needed]
    waiting = [d for d in after if not d.when or said[d.when[0]] == d.when[1]]
    opened = Due.objects.filter(occasion=f"r{record.pk}")
    assert sorted(d.duty for d in opened) == sorted(f"{project.code}.{d.code}" for d in waiting)
    assert all(d.restricted == project.restricted and d.path == town.huaishuwan.path for d in opened)


@pytest.mark.parametrize(
    "project,duty,kind",
    [(p, d, p.kind(k)) for p, d in DUTIES for k in d.kinds],
    ids=lambda x: x.code,
)
def test_it_settles_every_duty_by_each_of_its_kinds(project, duty, kind, standing_in, town, cast):
    subject = standing_in(project, duty.subject)
    due = owed(project, duty, subject, town, cast)
    assert due in Due.objects.open()
    actions.save_record(by=cast.secretary, entry=entry_for(project, kind, subject, town.huaishuwan, dues=(due,)))
    assert due not in Due.objects.open()
    assert Due.objects.with_state().get(pk=due.pk).state in ("on_time", "late")


def owed(project, duty, subject, town, cast):
    """A due of this duty as it comes about: by the calendar, by the record before it, or by a death."""
    code = f"{project.code}.{duty.code}"
    if duty.after == DEATH:
        members_acts.record_death(by=cast.staff, person=subject.person, on=TODAY)
    elif duty.cadence is Cadence.OCCASION:
        for before, changes, *day in BEFORE.get(code, ((duty.after, {}),)):
            before = project.kind(before)
            known = {"detail": sample_detail(project, before) | changes, "happened_on": day[0] if day else TODAY}
            entry = entry_for(project, before, subject, town.huaishuwan, **known)
            actions.save_record(by=cast.secretary, entry=entry)
    else:
        if duty.between:
            begins = project.kind(duty.between[0])
            actions.save_record(by=cast.secretary, entry=entry_for(project, begins, subject, town.huaishuwan))
        day = TODAY
        if duty.cadence is Cadence.FESTIVAL:
            day = date(2026, 6, 20) if "july_first" in duty.festivals else date(2026, 2, 10)
        open_dues(day)
    target = {"enrolment": subject} if duty.subject is Subject.ENROLMENT else {"post": subject}
    if duty.subject is Subject.UNIT:
        target = {"unit": town.huaishuwan, "enrolment": None, "post": None}
    return Due.objects.get(duty=code, **target)


@each_project
def test_it_reads_every_ledger_column(project, standing_in, town, cast):
    """Every source resolves, and what was entered stands in the ledger."""
    subject = standing_in(project, project.ledger_subject)
    for kind in project.kinds:
        if kind.subject is project.ledger_subject:
            actions.save_record(by=cast.staff, entry=entry_for(project, kind, subject, town.huaishuwan))
    found = Ledger(project, cast.staff, town.xitun, TODAY)
    cells = dict(zip([c.key for c in found.columns], next(found.rows()).cells, strict=True))
    elsewhere = {"score", "pay", "division"}  # by the app above, and where the post was taken
    quarters = {k for k in cells if k.endswith(("_q1", "_q2", "_q4"))}  # the records are of the third
    assert {k for k, v in cells.items() if v == ""} - elsewhere - quarters == set()


@each_project
def test_it_shows_its_pages_to_the_branch_and_to_no_other(project, standing_in, town, cast):
    """Project, ledger and forms: a page for who may see it, not there for who may not."""
    subject = standing_in(project, project.ledger_subject) or town.huaishuwan
    forms = [
        record_link(f"{project.code}.{kind.code}", kind.subject, subject.pk)
        for kind in project.kinds
        if kind.subject is project.ledger_subject and not kind.decided
    ][:3]  # what each kind opens and saves: tests/projects/views/test_every_kind.py
    pages = {f"/projects/{project.code.replace('_', '-')}/": 200 if project.category else 302}
    pages |= {f"/ledgers/{project.code}/": 200}
    for user, what in ((cast.secretary, 200), (cast.neighbour, 404), (cast.outsider, 404)):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert {url: client.get(url).status_code for url in pages} == pages
        assert {client.get(url).status_code for url in forms} == {what}
        named = [b"\xe7\x8e\x8b\xe6\x9f\x90" in client.get(url).content for url in pages]  # 王某
        assert any(named) == (user == cast.secretary) or project.ledger_subject is not Subject.ENROLMENT


@each_project
def test_its_ledger_costs_the_same_for_many_and_is_the_same_in_a_file(project, standing_in, town, cast):
    client, url = Client(), f"/ledgers/{project.code}/"
    client.force_login(cast.staff, backend="django.contrib.auth.backends.ModelBackend")
    kind = next(kind for kind in project.kinds if kind.subject is project.ledger_subject and not kind.decided)

    def add(subject):
        actions.save_record(by=cast.staff, entry=entry_for(project, kind, subject, town.huaishuwan))

    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    first = standing_in(project, project.ledger_subject)
    add(first)
    statements()
    few = statements()
    for _turn in range(4):
        add(first and standing_in(project, project.ledger_subject))
    assert statements() == few
    lines = client.get(url).context["lines"]
    assert len(lines) == 5
    shown = [[cell["text"] for cell in (line["name"], *line["cells"])] for line in lines]
    assert [[_plain(cell) for cell in row] for row in shown] == in_the_file(project, cast.staff, town.xitun)


def in_the_file(project, user, unit):
    """The lines of the branch's sheet without their number: above them two lines and the head, below two more."""
    target = BytesIO()
    write_xlsx(target, ledger_sheets(Ledger(project, user, unit)))
    target.seek(0)
    book = CalamineWorkbook.from_filelike(target)
    rows = book.get_sheet_by_name(book.sheet_names[-1]).to_python()[3:-2]
    return [[_plain(cell) for cell in row[1:]] for row in rows]


def _plain(cell):
    """As it is read, whether it stands as a number or as a text."""
    text = str(cell)
    return str(float(text)) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text


def zh(text):
    """The Chinese of an English label, as the catalogue has it."""
    entry = catalogue().find(text)
    return entry.msgstr if entry and "fuzzy" not in entry.flags else ""


def catalogue():
    if not hasattr(catalogue, "kept"):
        catalogue.kept = polib.pofile(str(PO), encoding="utf-8")
    return catalogue.kept


def labels(project):
    yield from (project.name, project.management, project.people)
    for thing in (*project.duties, *project.kinds):
        yield thing.name
    yield from (k.prompt for k in project.kinds if k.prompt)
    yield from (c.heading for c in project.columns)
    for kind in project.kinds:
        model = registry.detail_model(f"{project.code}.{kind.code}")
        for name in kind.fields:
            field = model._meta.get_field(name)
            yield field.verbose_name
            yield from (label for _value, label in field.choices or ())


@each_project
def test_it_is_translated(project):
    with translation.override("en"):
        missing = sorted({str(text) for text in labels(project) if not zh(str(text))})
    assert missing == []


@pytest.mark.parametrize("code", NAMES)
def test_it_is_called_as_in_the_domain(code):
    project = registry.project(code)
    with translation.override("en"):
        assert tuple(zh(str(t)) for t in (project.name, project.management, project.people)) == NAMES[code]
        if code in HEADINGS:
            assert " ".join(zh(str(c.heading)) for c in project.columns) == HEADINGS[code]


def test_it_never_scores_or_blames():
    """DOMAIN §5: no attitude among the causes of hardship, no thoughts among the grounds, no rating of a person."""
    words = ("attitude", "thought", "ideolog", "loyal", "mood", "lazy", "mindset")
    with translation.override("en"):
        for project in PROJECTS:
            for kind in project.kinds:
                model = registry.detail_model(f"{project.code}.{kind.code}")
                for name in kind.fields:
                    field = model._meta.get_field(name)
                    for value, label in field.choices or ():
                        assert not any(w in f"{value} {label}".lower() for w in words), (project.code, name, value)
        ground = registry.detail_model("key.fact")._meta.get_field("ground")
        assert {v for v, _label in ground.choices} == {"law", "discipline", "meetings", "dues", "tasks"}


def test_what_fills_a_column_is_a_column_of_its_record():
    for project in registry.all_rooms():
        for read in (read for column in project.columns for read in column.filled_by):
            kind, _dot, field = read.partition(".")
            model = registry.detail_model(f"{project.code}.{kind}")
            known = {"", "happened_on", "narrative", "author", *(f.name for f in model._meta.fields if model)}
            assert field in known, f"{project.code}: {read}"

"""The traces: /audit/."""

import ast
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.functional import Promise

from members import actions as members_acts
from members.models import AuditRow, Category
from members.views.audit import ACTS
from tests.conftest import enrolled
from tests.queries import page_queries

URL = "/audit/"
ROOT = Path(__file__).parents[3]
APPS = ("members", "projects", "assessments", "xitun")
TRACE = ("trace", "_trace", "trace_each", "leave_trace")


@pytest.fixture
def traces(town, cast):
    here = enrolled(town.huaishuwan, "张留痕", Category.MOBILE, by=cast.staff)
    poor = enrolled(town.liulin, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    foreign = enrolled(town.foreign, "赵外镇", Category.MOBILE, by=cast.outsider)
    members_acts.reveal_person(by=cast.secretary, person=here, purpose="办理转接")
    return {"here": here, "poor": poor, "foreign": foreign}


def acts_on(client, **query):
    return [line["row"] for line in client.get(URL, query).context["lines"]]


def test_it_shows_the_towns_own_traces(traces, as_user, cast):
    rows = acts_on(as_user(cast.staff))
    assert {row.person for row in rows if row.person} == {traces["here"], traces["poor"]}
    body = as_user(cast.staff).get(URL).content.decode()
    assert "办理转接" in body
    assert "赵外镇" not in body


@pytest.mark.parametrize("who", ["secretary", "reader"])
def test_it_is_for_those_who_decide_or_look_after_accounts(traces, as_user, cast, who):
    assert as_user(getattr(cast, who)).get(URL).status_code == 403


def test_it_hides_restricted_traces_from_the_admin(traces, as_user, cast):
    rows = acts_on(as_user(cast.admin))
    assert rows
    assert not any(row.restricted for row in rows)
    assert "poor_weak" not in as_user(cast.admin).get(URL).content.decode()
    assert any(row.restricted for row in acts_on(as_user(cast.director)))


def test_it_filters(traces, as_user, cast):
    client = as_user(cast.staff)
    assert {row.act for row in acts_on(client, act="reveal_person")} == {"reveal_person"}
    assert {row.actor for row in acts_on(client, who="槐树湾")} == {cast.secretary}
    assert acts_on(client, since="2100-01-01") == []
    assert acts_on(client, until="2000-01-01") == []
    assert acts_on(client, act="nonsense") == []
    assert acts_on(client, since="no day") == []


def test_it_turns_pages(traces, as_user, cast, monkeypatch):
    monkeypatch.setattr("members.views.audit.PAGE_SIZE", 3)
    client = as_user(cast.staff)
    first = client.get(URL).context["page"]
    second = client.get(URL, {"after": first.after}).context["page"]
    assert min(row.pk for row in first) > max(row.pk for row in second)


def test_it_names_nobody_out_of_sight(traces, as_user, cast, town):
    """A person who moved away is still in the trace, but the name is the new town's to see."""
    members_acts.transfer_person(by=None, person=traces["here"], unit=town.foreign, on=date(2026, 9, 20))
    lines = as_user(cast.staff).get(URL, {"act": "reveal_person"}).context["lines"]
    assert [line["person"] for line in lines] == [None]
    assert "张留痕" not in as_user(cast.staff).get(URL).content.decode()


def traced():
    """(names of acts, "file:line" where the name is not written out) over every call that leaves a trace."""
    names, unclear = set(), []
    for path in (file for app in APPS for file in (ROOT / app).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        passed_on = {
            call
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef) and function.name in TRACE
            for call in ast.walk(function)
        }
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or call in passed_on:
                continue
            if getattr(call.func, "id", getattr(call.func, "attr", "")) in TRACE:
                act = call.args[0] if call.args else None
                if isinstance(act, ast.Constant):
                    names.add(act.value)
                else:
                    unclear.append(f"{path}:{call.lineno}")
    return names, unclear


def test_it_has_words_for_every_act_and_none_for_others():
    names, unclear = traced()
    assert unclear == []
    assert names == set(ACTS)


def test_it_filters_by_every_act(cast, as_user):
    assert all(isinstance(words, Promise) for words in ACTS.values())  # so that each is translated
    choices = dict(as_user(cast.staff).get(URL).context["form"].fields["act"].choices)
    assert set(ACTS) == set(choices) - {""}
    assert len(set(map(str, choices.values()))) == len(choices)  # no two read alike


def test_it_takes_a_constant_number_of_queries(traces, as_user, cast, town):
    client = as_user(cast.staff)
    with page_queries(5):  # grants, rows, the units they name; the navigation: open dues, proposals
        client.get(URL)
    for number in range(20):
        enrolled(town.liulin, f"新{number}", Category.MOBILE, by=cast.staff)
    with page_queries(5):
        assert len(client.get(URL).context["lines"]) == 50


def test_a_corrected_standing_is_said_in_words(as_user, cast, person):
    row = person.standings.get()
    members_acts.correct_standing(
        by=cast.staff, row=row, from_date=row.from_date, standing="probationary", reason="支部大会记录"
    )
    body = as_user(cast.staff).get("/audit/?act=correct_row").content.decode()
    assert "正式党员 → 预备党员" in body


def said(client, **query):
    return [line["detail"] for line in client.get(URL, query).context["lines"]]


WORDS = {
    "zh-hans": [
        ("propose_category", {"category": "mobile", "primary": True}, "类别：流动党员 · 主要：是"),
        ("register_person", {"unit": "HERE", "standing": "full"}, "党支部：槐树湾村党支部 · 身份：正式党员"),
        ("correct_person", {"sex": "F", "joined_on": "2001-07-01", "phone": "…"},
            "入党时间：2001年7月1日 · 电话：… · 性别：女"),
        ("correct_row", {"from_date": "2026-01-01 → 2026-03-02"}, "起始日期：2026年1月1日 → 2026年3月2日"),
        ("create_unit", {"name": "小湾村党支部", "kind": "branch"}, "党支部 · 单位：小湾村党支部"),
        ("export_ledger", {"project": "joint", "form": "print"}, "跟踪工程 · 打印件"),
        ("export_ledger", {"project": "joint", "form": "xlsx"}, "跟踪工程 · Excel"),
        ("transfer_person", {"to": "HERE", "on": "2026-09-01"}, "去向：槐树湾村党支部 · 日期：2026年9月1日"),
        ("hand_over", {"role": "secretary", "user": "WHO", "to": "WHO"},
            "角色：村党支部书记 · 用户：槐树湾书记 · 移交给：槐树湾书记"),
        ("change_setting", {"key": "elderly_age", "value": "65", "from": "2027-01-01"},
            "老年党员年龄：65 岁 · 起始日期：2027年1月1日"),
        ("note_receipts", {"answer": "read"}, "已回复"),
        ("view_restricted", {"shown": ["record", "enrolment"]}, "查看内容：记录、类别归属"),
        ("settle_line", {"line": 4, "choice": "out"}, "行号：4 · 不读入"),
        ("map_columns", {"手机": "phone", "备注": ""}, "备注：不读入 · 手机：电话"),
        ("export_people", {"rows": 12, "filters": {"unit": "HERE", "category": "none", "standing": "members", "q": "…",
            "age": "60", "sort": "age", "columns": "['age']"}},
            "类别：未分类 · 党支部：槐树湾村党支部 · 年龄不小于：60 · 搜索：… · 行数：12 · 身份：党员（含预备党员）"),
        ("mend_roster", {"line": 3, "columns": ["phone", "unheard_of"]}, "行号：3 · 电话、unheard_of"),
    ],
    "en": [
        ("propose_category", {"category": "mobile", "primary": False}, "category: mobile · primary: no"),
        ("register_person", {"unit": "HERE", "standing": "full"}, "branch: 槐树湾村党支部 · standing: full member"),
        ("correct_row", {"from_date": "2026-01-01 → None"}, "from: 1 Jan 2026 → –"),
        ("hand_over", {"user": "WHO", "to": 999999}, "user: 槐树湾书记 · handed to: 999999"),
        ("snooze_due", {"duty": "joint.follow_up", "until": "2026-10-01"}, "quarterly follow-up · until: 1 Oct 2026"),
    ],
}  # fmt: skip


def _put(detail, stands_for):
    if isinstance(detail, dict):
        return {key: _put(value, stands_for) for key, value in detail.items()}
    return stands_for.get(detail, detail) if isinstance(detail, str) else detail


@pytest.mark.parametrize(
    ("language", "act", "detail", "words"),
    [(language, *case) for language, cases in WORDS.items() for case in cases],
)
def test_it_says_the_detail_in_words(as_user, cast, town, language, act, detail, words):
    stands_for = {"HERE": town.huaishuwan.pk, "WHO": cast.secretary.pk}
    detail = _put(detail, {"HERE": str(town.huaishuwan.pk)} if "filters" in detail else stands_for)
    AuditRow.objects.create(act=act, path=town.huaishuwan.path, detail=detail)
    client = as_user(cast.staff)
    client.cookies["django_language"] = language
    assert said(client, act=act)[0] == words


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"unheard_of": "照旧"}, "照旧"),
        ({"unheard_of": 17, "dues": [1, 2]}, ""),
        ({"category": "no_longer_one", "kind": "joint.no_longer_one"}, "joint.no_longer_one · 类别：no_longer_one"),
        ({"on": "2026-02-30"}, "日期：2026-02-30"),
        ({"quarter": "2026Q3"}, "季度：2026年第三季度"),
        ({"quarter": "x", "unit": None, "role": ""}, "季度：x"),
        (["no", "dict"], ""),
    ],
)
def test_what_nobody_knows_stays_as_it_is(as_user, cast, town, detail, words):
    AuditRow.objects.create(act="print_form", path=town.huaishuwan.path, detail=detail)
    assert said(as_user(cast.staff), act="print_form") == [words]


def test_it_names_no_unit_out_of_sight(as_user, cast, town):
    AuditRow.objects.create(act="transfer_person", path=town.huaishuwan.path, detail={"to": town.foreign.pk})
    assert said(as_user(cast.staff), act="transfer_person") == ["去向：其他党支部"]


def test_it_takes_two_queries_for_all_the_names(as_user, cast, town):
    client = as_user(cast.staff)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            client.get(URL, {"act": "end_role"})
        return len(captured)

    client.get(URL)
    without = statements()
    for unit in (town.huaishuwan, town.liulin, town.xitun):
        for user in (cast.secretary, cast.staff):
            detail = {"unit": unit.pk, "user": user.pk}
            AuditRow.objects.create(act="end_role", path=town.huaishuwan.path, detail=detail)
    assert statements() == without + 2

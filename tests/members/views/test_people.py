"""The people list: filters, what one may not see, pages, order, the file."""

from datetime import date
from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.urls import reverse
from python_calamine import CalamineWorkbook

from members import actions
from members.filters import PersonFilter, born_by
from members.models import AuditRow, Category, Person, Standing
from members.people_columns import COLUMNS
from tests.conftest import TODAY, enrolled
from tests.queries import page_queries
from xitun.lib.keyset import keyset_page

URL = reverse("people")


@pytest.fixture
def people(town, cast):
    by = cast.staff
    return {
        "mobile": enrolled(town.huaishuwan, "白流动", Category.MOBILE, by=by, birth_date=date(1990, 1, 1), sex="M"),
        "poor": enrolled(town.huaishuwan, "白帮扶", Category.POOR_WEAK, by=by, birth_date=date(1950, 1, 1), sex="F"),
        "none": enrolled(town.huaishuwan, "白未分", None, by=by),
        "elderly": enrolled(town.liulin, "白老年", Category.ELDERLY, by=by, birth_date=date(1961, 9, 21)),
        "applicant": enrolled(
            town.liulin, "白申请", Category.DEVELOPING, by=by, standing=Standing.APPLICANT, birth_date=date(2003, 1, 1)
        ),
        "former": actions.change_standing(
            by=by, person=enrolled(town.liulin, "白离开", None, by=by), standing=Standing.FORMER, on=TODAY
        ),
        "foreign": enrolled(town.foreign, "白外镇", Category.MOBILE, by=by),
    }


@pytest.fixture
def listed(people, as_user):
    """`listed(user, category="mobile")` → keys of the people on the page."""

    def ask(user, **query):
        page = as_user(user).get(URL, query).context["page"]
        names = {person.name: key for key, person in people.items()}
        return {names[person.name] for person in page}

    return ask


def test_it_lists_the_scope_without_those_who_left(listed, cast):
    assert listed(cast.staff) == {"mobile", "poor", "none", "elderly", "applicant"}
    assert listed(cast.secretary) == {"mobile", "poor", "none"}
    assert listed(cast.outsider) == {"foreign"}


def test_it_filters(listed, cast, town):
    assert listed(cast.staff, category="mobile") == {"mobile"}
    assert listed(cast.staff, category="none") == {"none"}
    assert listed(cast.staff, unit=town.liulin.pk) == {"elderly", "applicant"}
    assert listed(cast.staff, standing="candidates") == {"applicant"}
    assert listed(cast.staff, standing="members") == {"mobile", "poor", "none", "elderly"}
    assert listed(cast.staff, standing="former") == {"former"}
    assert listed(cast.staff, standing="all", unit=town.liulin.pk) == {"elderly", "applicant", "former"}
    assert listed(cast.staff, sex="F") == {"poor"}
    assert listed(cast.staff, age="65") == {"poor", "elderly"}
    assert listed(cast.staff, age="66") == {"poor"}
    assert listed(cast.staff, q="白老") == {"elderly"}


@pytest.mark.parametrize(
    "query", [{"category": "nonsense"}, {"unit": "x"}, {"age": "many"}, {"sex": "?"}, {"q": "白" * 61}]
)
def test_it_lists_nobody_when_a_filter_makes_no_sense(listed, cast, query):
    assert listed(cast.staff, **query) == set()


def test_it_counts_age_as_age_on_does():
    assert born_by(2, date(2026, 2, 28)) == date(2024, 2, 29)
    assert born_by(65, date(2026, 9, 21)) == date(1961, 9, 21)


def test_it_hides_a_foreign_unit_as_if_it_did_not_exist(people, as_user, cast, town):
    client = as_user(cast.staff)
    foreign = client.get(URL, {"unit": town.foreign.pk})
    missing = client.get(URL, {"unit": 999999})
    assert not foreign.context["page"]
    body = foreign.content.decode().replace(str(town.foreign.pk), "999999")
    assert "远山" not in body
    assert not missing.context["page"]


@pytest.mark.parametrize("role", ["reader", "admin"])
def test_it_hides_restricted_categories_everywhere(people, listed, as_user, cast, role):
    """Not as a tag, a filter, a count, or by being the one without a category who is not in that list."""
    user = getattr(cast, role)
    assert listed(user, category="poor_weak") == set()
    assert listed(user, category="none") == set()  # who is left over would be those in the restricted two
    body = as_user(user).get(URL).content.decode()
    assert people["poor"].name in body
    assert "poor_weak" not in body
    assert str(Category.POOR_WEAK.label) not in body


@pytest.fixture
def both(cast, town):
    """Secretary of Huaishuwan and reader of the whole town."""
    actions.grant_role(by=None, user=cast.secretary, role="reader", unit=town.xitun, from_date=date(2020, 1, 1))
    return cast.secretary


@pytest.mark.parametrize("day", [{}, {"on": "2026-09-01"}], ids=["now", "then"])
def test_it_tells_nobody_of_two_roles_who_is_helped_elsewhere(people, listed, town, cast, both, day):
    """With each role they see what that role shows: who is helped in Liulin has no category to them."""
    people["helped"] = enrolled(town.liulin, "白邻村", Category.POOR_WEAK, by=cast.staff)
    assert listed(both, category="none", **day) == {"none"}
    assert listed(both, category="none", unit=town.liulin.pk, **day) == set()
    assert listed(both, category="poor_weak", **day) == {"poor"}


def test_nor_by_the_order_of_the_list(people, cast, both):
    assert PersonFilter(QueryDict("sort=category"), user=cast.staff).ordered[0]
    for sort in ("category", "-category"):
        assert not PersonFilter(QueryDict(f"sort={sort}"), user=both).form.is_valid()


def test_it_shows_restricted_categories_to_those_with_the_right(listed, cast):
    assert listed(cast.secretary, category="poor_weak") == {"poor"}
    assert listed(cast.neighbour, category="poor_weak") == set()


def test_it_masks_phones(people, as_user, cast):
    body = as_user(cast.staff).get(URL).content.decode()
    assert "199****3021" in body
    assert "19912343021" not in body


def test_it_sorts(people, as_user, cast):
    client = as_user(cast.staff)

    def names(sort):
        return [person.name for person in client.get(URL, {"sort": sort}).context["page"]]

    assert names("name") == ["白帮扶", "白老年", "白流动", "白申请", "白未分"]
    assert names("-age") == ["白帮扶", "白老年", "白流动", "白申请", "白未分"]
    assert names("age") == ["白申请", "白流动", "白老年", "白帮扶", "白未分"]
    assert names("branch") == ["白帮扶", "白流动", "白未分", "白老年", "白申请"]


def page_of(user, **query):
    """The page of two that the list shows to this query."""
    asked = QueryDict(urlencode(query))
    return keyset_page(*PersonFilter(asked, user=user).ordered, asked, 2)


@pytest.mark.parametrize("turn", ["", "-"], ids=["up", "down"])
def test_it_turns_pages_both_ways(people, cast, turn):
    for key in COLUMNS:
        sort, forth = f"{turn}{key}", []
        page = page_of(cast.staff, sort=sort)
        while page.after:
            forth.append([person.pk for person in page])
            page = page_of(cast.staff, sort=sort, after=page.after)
        forth.append([person.pk for person in page])
        assert [len(pks) for pks in forth] == [2, 2, 1], sort
        assert len({pk for pks in forth for pk in pks}) == 5, sort
        back = page_of(cast.staff, sort=sort, before=page.before)
        first = page_of(cast.staff, sort=sort, before=back.before)
        assert [[person.pk for person in page] for page in (first, back)] == forth[:2], sort
        assert first.before is None


@pytest.mark.parametrize("cursor", ["x", "0", "9" * 30, "-1", "²"])
def test_it_begins_at_the_first_page_after_an_unknown_row(people, as_user, cast, cursor):
    page = as_user(cast.staff).get(URL, {"after": cursor}).context["page"]
    assert len(page.rows) == 5


def test_it_does_not_take_a_foreign_row_for_a_cursor(people, as_user, cast):
    page = as_user(cast.secretary).get(URL, {"after": people["elderly"].pk}).context["page"]
    assert len(page.rows) == 3


def test_it_says_so_when_nobody_matches(people, as_user, cast):
    response = as_user(cast.staff).get(URL, {"q": "查无此人"})
    assert response.context["page"].rows == []
    assert f'href="{URL}"' in response.content.decode()


# grants, units to choose from, kept filters, rows, their units, enrolments; the navigation: open dues
QUERIES = 7
COUNT = 1  # of what does not fit one page


def test_it_takes_the_same_queries_for_3_people_and_for_60(town, cast, as_user):
    client = as_user(cast.secretary)
    for number in range(3):
        enrolled(town.huaishuwan, f"甲{number}", Category.MOBILE, by=cast.staff)
    with page_queries(QUERIES):
        client.get(URL)
    for number in range(57):
        enrolled(town.huaishuwan, f"乙{number}", Category.ELDERLY, by=cast.staff)
    with page_queries(QUERIES + COUNT):
        assert len(client.get(URL).context["page"].rows) == 50


def test_it_filters_by_age_group_joining_and_what_is_missing(listed, cast, people):
    Person.objects.filter(pk=people["mobile"].pk).update(group="第一党小组", joined_on=date(2010, 7, 1), phone="")
    assert listed(cast.staff, age="20", age_to="64") == {"mobile", "applicant"}
    assert listed(cast.staff, group="第一") == {"mobile"}
    assert listed(cast.staff, joined_from="2010.7.1", joined_to="2010年7月1日") == {"mobile"}
    assert listed(cast.staff, joined_from="2010-07-02") == set()
    assert listed(cast.staff, missing="phone") == {"mobile"}
    assert listed(cast.staff, missing="id_hash") == {"mobile", "poor", "none", "elderly", "applicant"}


def test_it_says_which_filter_to_drop(people, as_user, cast):
    response = as_user(cast.staff).get(URL, {"category": "mobile", "sex": "F", "unit": ""})
    drops = {drop["words"]: drop["url"] for drop in response.context["drops"]}
    assert len(drops) == 2
    assert all(url in response.content.decode().replace("&amp;", "&") for url in drops.values())
    assert sorted(url.partition("?")[2] for url in drops.values()) == ["category=mobile&unit=", "sex=F&unit="]


def test_it_turns_the_order_by_its_heading(people, as_user, cast):
    def heading(key, **query):
        return next(c for c in as_user(cast.staff).get(URL, query).context["columns"] if c["key"] == key)

    assert heading("name")["direction"] == "ascending"
    assert heading("name")["url"].endswith("?sort=-name")
    assert heading("age")["url"].endswith("?sort=-age"), "the oldest first"
    assert heading("age", sort="-age")["direction"] == "descending"
    assert heading("age", sort="-age")["url"].endswith("?sort=age")


def test_who_has_no_value_stands_last_both_ways(people, as_user, cast):
    client = as_user(cast.staff)
    for sort in ("age", "-age", "born", "-born"):
        assert client.get(URL, {"sort": sort}).context["lines"][-1].name == "白未分"
    for sort in ("category", "-category"):
        assert client.get(URL, {"sort": sort}).context["lines"][-1].name == "白未分"


def test_it_sorts_by_category_only_for_those_who_may_see_all(people, as_user, cast):
    """The end of that list would be the people of the restricted two."""
    response = as_user(cast.reader).get(URL, {"sort": "category"})
    assert response.context["page"].rows == []
    assert "sort=category" not in as_user(cast.reader).get(URL).content.decode()


def test_it_shows_the_columns_that_were_chosen(people, as_user, cast, town):
    def keys(user, **query):
        return [column["key"] for column in as_user(user).get(URL, query).context["columns"]]

    assert keys(cast.staff, columns=["born", "group"]) == ["name", "group", "born"]
    assert "branch" in keys(cast.staff)
    assert "branch" not in keys(cast.staff, unit=town.liulin.pk)
    assert "branch" not in keys(cast.secretary)


def test_it_asks_strangers_to_sign_in(client, db):
    response = client.get(URL)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


# --- the file ------------------------------------------------------------------------------------------------------


def rows_of(response):
    workbook = CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content)))
    return [[str(cell) for cell in row] for row in workbook.get_sheet_by_index(0).to_python()]


def test_it_exports_what_the_list_shows(people, as_user, cast):
    response = as_user(cast.secretary).post(f"{reverse('people-export')}?category=poor_weak", {"purpose": "季度核对"})
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    rows = rows_of(response)
    assert [row[0] for row in rows[2:]] == ["白帮扶"]
    assert "199****3021" in rows[2]
    row = AuditRow.objects.get(act="export_people")
    assert (row.actor, row.purpose, row.restricted) == (cast.secretary, "季度核对", True)
    assert row.detail == {"rows": 1, "filters": {"category": "poor_weak"}}


def test_it_exports_the_order_and_columns_of_the_list(people, as_user, cast):
    query = "unit=&sort=-age&columns=born&columns=age&q="
    rows = rows_of(as_user(cast.staff).post(f"{reverse('people-export')}?{query}", {"purpose": "核对"}))
    assert len(rows[1]) == 3
    assert [row[0] for row in rows[2:]] == ["白帮扶", "白老年", "白流动", "白申请", "白未分"]
    assert rows[2][1:] == ["76.0", "1950-01-01"]


def test_it_leaves_no_searched_text_in_the_trace(people, as_user, cast):
    as_user(cast.staff).post(f"{reverse('people-export')}?q=白老年", {"purpose": "核对"})
    row = AuditRow.objects.get(act="export_people")
    assert row.detail["filters"] == {"q": "…"}
    assert row.restricted is False


def test_it_exports_nothing_without_a_purpose(people, as_user, cast):
    response = as_user(cast.secretary).post(reverse("people-export"), {"purpose": "  "})
    assert response.status_code == 302
    assert not AuditRow.objects.filter(act="export_people").exists()


@pytest.mark.parametrize("role", ["reader", "admin"])
def test_it_exports_nothing_without_the_right(people, as_user, cast, role):
    response = as_user(getattr(cast, role)).post(reverse("people-export"), {"purpose": "核对"})
    assert response.status_code == 403


def test_it_leaves_a_trace_wherever_somebody_was_exported(people, as_user, cast, town):
    """Whoever decides for one place sees what left it, and nothing of the other."""
    actions.grant_role(by=None, user=cast.secretary, role="secretary", unit=town.foreign, from_date=date(2020, 1, 1))
    client = as_user(cast.secretary)
    assert len(rows_of(client.post(reverse("people-export"), {"purpose": "核对"}))) == 2 + 4
    told = AuditRow.objects.filter(act="export_people").order_by("path")
    assert [(row.path, row.detail["rows"], row.restricted) for row in told] == [
        (town.huaishuwan.path, 3, True),
        (town.foreign.path, 1, False),
    ]
    for user, rows in ((cast.director, 1), (cast.outsider, 1), (cast.neighbour, 0)):
        assert AuditRow.objects.visible_to(user).filter(act="export_people").count() == rows
    client.post(f"{reverse('people-export')}?unit={town.huaishuwan.pk}", {"purpose": "核对"})
    assert told.filter(path=town.foreign.path).count() == 1  # nobody of there
    client.post(f"{reverse('people-export')}?q=没有", {"purpose": "核对"})
    assert told.filter(path=town.foreign.path).count() == 2  # nobody at all: that it was asked for


def test_it_exports_only_where_the_right_is_held(people, as_user, cast, both):
    """A secretary who may also read the whole town exports their own branch."""
    client = as_user(both)
    assert len(client.get(URL).context["page"].rows) == 5
    rows = rows_of(client.post(reverse("people-export"), {"purpose": "核对"}))
    assert {row[0] for row in rows[2:]} == {"白流动", "白帮扶", "白未分"}


def test_paper_says_that_it_holds_one_page_of_the_list_only(as_user, cast, town, monkeypatch):
    for n in range(3):
        enrolled(town.huaishuwan, f"张{n}", Category.UNEMPLOYED, by=cast.staff)
    client, words = as_user(cast.secretary), "只打印了名单的这一页"
    assert words not in client.get("/people/").content.decode()
    monkeypatch.setattr("members.views.people.PAGE_SIZE", 2)
    assert words in client.get("/people/").content.decode()

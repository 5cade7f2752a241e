"""/calendar/2027/: the year's holidays, and where the notice is pasted."""

from datetime import date

import pytest

from members.models import Holiday
from tests.members.test_set_holidays import NOTICE
from xitun.lib.dates import frozen

pytestmark = pytest.mark.django_db
URL = "/calendar/2027/"


def test_it_shows_a_published_year_in_both_languages(as_user, cast):
    body = as_user(cast.staff).get("/calendar/2026/").content.decode()
    assert "春节" in body
    assert "2月15日 周日" in body
    assert "textarea" not in body
    body = as_user(cast.staff).get("/calendar/2026/", headers={"accept-language": "en"}).content.decode()
    assert "Spring Festival" in body
    assert "Sun 15 Feb" in body


def test_it_leads_to_the_year_that_is_missing(as_user, cast):
    assert as_user(cast.admin).get("/calendar/").context["year"] == 2026
    with frozen(date(2026, 11, 28)):
        assert as_user(cast.admin).get("/calendar/").context["year"] == 2027
        assert URL in as_user(cast.admin).get("/").content.decode()
        assert URL in as_user(cast.staff).get("/").content.decode()


def test_it_shows_what_it_read_and_writes_only_then(as_user, cast):
    client = as_user(cast.admin)
    shown = client.post(URL, {"notice": NOTICE})
    assert shown.status_code == 200
    assert [feast.name for feast in shown.context["read"]] == ["元旦", "春节", "清明节", "国庆节"]
    assert not Holiday.objects.exists()
    assert "国务院办公厅" in shown.content.decode()  # carried on, hidden
    response = client.post(URL, {"notice": NOTICE, "write": "1"})
    assert (response.status_code, response.url) == (302, URL)
    body = client.get(URL).content.decode()
    assert "2月14日 周日" in body
    assert "管理员" in body
    client.post(URL, {"notice": NOTICE, "write": "1"})  # a double tap
    assert Holiday.objects.filter(superseded_at=None).count() == 23


def test_it_says_what_is_wrong_and_keeps_the_text(as_user, cast):
    for sent in ({"notice": NOTICE.replace("共3天", "共4天", 1)}, {"notice": "天气", "write": "1"}, {}):
        response = as_user(cast.admin).post(URL, sent)
        assert response.status_code == 422
        assert sent.get("notice", "")[:20] in response.content.decode()
    assert as_user(cast.admin).post(URL, {"notice": "2027-01-01 休", "write": "1"}).status_code == 422
    assert not Holiday.objects.exists()


@pytest.mark.parametrize("year", [2009, 2029, 9999])
def test_it_knows_no_far_years(as_user, cast, year):
    assert as_user(cast.admin).get(f"/calendar/{year}/").status_code == 404


def test_only_who_manages_enters(as_user, cast):
    for name, status in {"staff": 403, "director": 403, "secretary": 403, "reader": 403}.items():
        assert as_user(getattr(cast, name)).post(URL, {"notice": NOTICE}).status_code == status
    assert as_user(cast.staff).get(URL).status_code == 200
    assert as_user(cast.secretary).get(URL).status_code == 403

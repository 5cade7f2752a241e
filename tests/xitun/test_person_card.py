"""/people/<pk>/card/: the information card to print, which may be handed on."""

import pytest

from tests.xitun.test_dossier import mobile, poor, write  # noqa: F401

pytestmark = pytest.mark.django_db


def card(client, person):
    return client.get(f"/people/{person.pk}/card/").content.decode()


def test_it_shows_the_file_masked_the_category_and_the_last_record(as_user, cast, person, mobile):  # noqa: F811
    write(cast.secretary, mobile)
    page = card(as_user(cast.secretary), person)
    assert "流动党员" in page
    assert "孩子转学" in page
    assert person.phone not in page
    assert person.phone[-4:] in page


def test_it_joins_whole_sentences_without_their_full_stop(as_user, cast, person, mobile):  # noqa: F811
    write(cast.secretary, mobile, work_and_life="一切都好。", needs="孩子转学。")
    page = card(as_user(cast.secretary), person)
    assert "一切都好 · 孩子转学" in page


def test_it_leaves_out_what_is_confidential_whoever_prints(as_user, cast, poor):  # noqa: F811
    page = card(as_user(cast.director), poor).partition('class="paper"')[2]
    assert poor.name in page
    assert "帮扶对象" not in page
    assert "盼入股" not in page

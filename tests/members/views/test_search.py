"""Finding people by name, pinyin, phone tail and ID number, within one's scope."""

import pytest

from members.models import Category, Person
from members.search import search_people
from tests.conftest import enrolled
from xitun.lib.ids import check_character

ID = "62000019680705123" + check_character("62000019680705123")


@pytest.fixture
def people(town, cast):
    by = cast.staff
    return {
        "zhang": enrolled(town.huaishuwan, "张建国", Category.MOBILE, by=by, phone="19912343021", id_number=ID),
        "tashi": enrolled(town.huaishuwan, "扎西·多吉", Category.ELDERLY, by=by, phone="19955550001"),
        "guo": enrolled(town.liulin, "国建张", Category.ELDERLY, by=by, phone="19955553021"),
        "apart": enrolled(town.liulin, "建国张建", None, by=by, phone=""),
        "foreign": enrolled(town.foreign, "张建国", None, by=by, phone="19900003021"),
    }


@pytest.fixture
def find(people):
    known = {person.pk: key for key, person in people.items()}

    def search(text, user):
        found, _hint = search_people(Person.objects.visible_to(user), text, user)
        return {known[pk] for pk in found.values_list("pk", flat=True)}

    return search


@pytest.mark.parametrize(
    "text, expected",
    [
        ("国", {"zhang", "guo", "apart"}),
        ("建国", {"zhang", "apart"}),
        ("张建国", {"zhang"}),
        (" 张 建国 ", {"zhang"}),
        ("西多", {"tashi"}),
        ("扎西多吉", {"tashi"}),
        ("扎西•多吉", {"tashi"}),
        ("张建张", set()),
        ("zhangj", {"zhang"}),
        ("ZJG", {"zhang"}),
        ("zhā xī", {"tashi"}),
        ("jianguo", {"apart"}),
        ("3021", {"zhang", "guo"}),
        ("19912343021", {"zhang"}),
        ("2343021", {"zhang"}),
        (ID, {"zhang"}),
        (f" {ID[:6]} {ID[6:14]} {ID[14:]} ", {"zhang"}),
        (ID[:17], set()),
        (ID[-4:], set()),
        ("021", set()),
        ("%", set()),
        ("_", set()),
        ("'; --", set()),
    ],
)
def test_it_finds_by_what_one_remembers(find, cast, text, expected):
    assert find(text, cast.staff) == expected


def test_it_finds_nobody_outside_the_scope(find, cast):
    assert find("张建国", cast.secretary) == {"zhang"}
    assert find("张建国", cast.neighbour) == set()
    assert find("张建国", cast.outsider) == {"foreign"}
    assert find(ID, cast.outsider) == set()


def test_it_lets_nobody_guess_masked_digits(find, cast):
    """Who may not reveal a number may not find out its hidden digits one by one either."""
    assert find("3021", cast.reader) == {"zhang", "guo"}
    assert find("43021", cast.reader) == set()
    assert find("19912343021", cast.admin) == set()
    assert find(ID, cast.reader) == set()
    assert find("43021", cast.secretary) == {"zhang"}


@pytest.mark.parametrize("text, hint", [("021", "at least the last four"), (ID[:17] + "9", "last character")])
def test_it_says_what_to_type(people, cast, text, hint):
    from django.utils.translation import override

    with override("en"):
        found, words = search_people(Person.objects.visible_to(cast.staff), text, cast.staff)
    assert not found.exists()
    assert hint in words


def test_it_takes_a_constant_number_of_queries(people, cast, django_assert_num_queries):
    for text in ("张", "张建国建国建国建国", "zjg", "3021", ID):
        cast.staff.__dict__.pop("_scope", None)
        with django_assert_num_queries(2):  # the grants, the people
            list(search_people(Person.objects.visible_to(cast.staff), text, cast.staff)[0])


@pytest.fixture
def readers(town, cast):
    """People whose names are read in more than one way, are long, or are typed in odd ways."""
    names = "单小红 仇志 曾香 解明 区明 员平 吕红 卢红 阿Q 张乐 张建刚 买买提·阿不都 𠮷野家 欧阳修".split()
    return {name: enrolled(town.huaishuwan, name, None, by=cast.staff, phone="") for name in names}


@pytest.mark.parametrize(
    "text, expected",
    [
        ("shanxiaohong", {"单小红"}),
        ("danx", {"单小红"}),
        ("sxh", {"单小红"}),
        ("dxh", {"单小红"}),
        ("qiu", {"仇志"}),
        ("chou", {"仇志"}),
        ("zengx", {"曾香"}),
        ("xie ming", {"解明"}),
        ("om", {"区明"}),
        ("yunping", {"员平"}),
        ("lvhong", {"吕红"}),
        ("lyuhong", {"吕红"}),
        ("lü hong", {"吕红"}),
        ("lu hong", {"吕红", "卢红"}),
        ("luh", {"吕红", "卢红"}),
        ("zhangjg", {"张建刚"}),
        ("zhang jg", {"张建刚"}),
        ("zhjg", {"张建刚"}),
        ("张jg", {"张建刚"}),
        ("张jiang", {"张建刚"}),
        ("zhang建", {"张建刚"}),
        ("建g", {"张建刚"}),
        ("张ＪＧ", {"张建刚"}),
        ("ｚｊｇ", {"张建刚"}),
        ("单xh", {"单小红"}),
        ("吕h", {"吕红"}),
        ("zhangyue", {"张乐"}),
        ("阿q", {"阿Q"}),
        ("aq", {"阿Q"}),
        ("ouyang", {"欧阳修"}),
        ("ouyx", {"欧阳修"}),
        ("mmt", {"买买提·阿不都"}),
        ("提阿", {"买买提·阿不都"}),
        ("买买提 • 阿不都", {"买买提·阿不都"}),
        ("𠮷", {"𠮷野家"}),
        ("𠮷野", {"𠮷野家"}),
        ("张红", set()),
        ("张xx", set()),
        ("zhangx", set()),
    ],
)
def test_it_finds_a_name_however_it_is_read_or_typed(readers, cast, text, expected):
    found, _hint = search_people(Person.objects.visible_to(cast.staff), text, cast.staff)
    assert {person.name for person in found} == expected


def test_it_finds_by_the_reading_a_person_gives(readers, cast):
    from members.actions import correct_person

    someone = readers["张乐"]
    correct_person(by=cast.staff, person=someone, version=someone.version, reading="zhang luo")
    for text, count in (("zhangluo", 1), ("zhangle", 1), ("zl", 1), ("zhangli", 0)):
        assert search_people(Person.objects.visible_to(cast.staff), text, cast.staff)[0].count() == count
    someone.refresh_from_db()
    assert someone.pinyin == "zhangluo"


@pytest.mark.parametrize("number", ["+86 199 1234 3021", "8619912343021", "199-1234-3021", "３０２１"])
def test_it_takes_a_phone_number_as_it_is_written(find, cast, number):
    assert "zhang" in find(number, cast.staff)

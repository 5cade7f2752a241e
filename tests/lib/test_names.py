import pytest
from hypothesis import given
from hypothesis import strategies as st

from xitun.lib.names import fits, fold_query, fragments, name_grams, normalise_name, search_keys, surname_only
from xitun.lib.readings import heads_and_initials, ways_to_type


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" 姜刚峰 ", "姜刚峰"),
        ("方\u3000杰", "方杰"),
        ("方 \t\u00a0 杰\n", "方杰"),
        ("格桑•德吉", "格桑·德吉"),
        ("格桑・德吉", "格桑·德吉"),
        ("格桑･德吉", "格桑·德吉"),
        ("格桑 · 德吉", "格桑·德吉"),
        ("格桑.德吉", "格桑·德吉"),
        ("格桑．德吉", "格桑·德吉"),
        ("𠮷野家", "𠮷野家"),
        ("㛃", "㛃"),
        ("李\u200b明\ufeff", "李明"),
        ("李\x00明", "李明"),
        ("  John   Smith ", "John Smith"),
        ("Ｊｏｈｎ　Ｓ．", "John S."),
        ("", ""),
        (None, ""),
    ],
)
def test_it_stores_one_spelling(typed, stored):
    assert normalise_name(typed) == stored


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("张建国", "zhangjianguo", "zjg"),
        ("单小红", "shanxiaohong", "sxh"),
        ("仇志", "qiuzhi", "qz"),
        ("曾香", "zengxiang", "zx"),
        ("解明", "xieming", "xm"),
        ("朴正", "piaozheng", "pz"),
        ("查文", "zhawen", "zw"),
        ("盖天", "getian", "gt"),
        ("尉平", "weiping", "wp"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("召伟", "shaowei", "sw"),
        ("任重", "renzhong", "rz"),
        ("区明", "ouming", "om"),
        ("乐毅", "yueyi", "yy"),
        ("吕玉", "lvyu", "ly"),
        ("欧阳修", "ouyangxiu", "oyx"),
        ("万俟卨", "moqixie", "mqx"),
        ("格桑•德吉", "gesangdeji", "gsdj"),
        ("小单", "xiaodan", "xd"),
        ("John Smith", "johnsmith", "js"),
        ("阿Q", "aq", "aq"),
        ("", "", ""),
        ("···", "", ""),
    ],
)
def test_it_writes_pinyin_and_initials(name, pinyin, initials):
    assert search_keys(name) == (pinyin, initials)


def test_it_finds_a_surname_only_at_the_front():
    assert search_keys("王曾")[0] == "wangceng"


def test_it_passes_over_a_character_without_a_reading():
    assert search_keys("王𲎯明") == ("wangming", "wm")


def test_it_cuts_a_name_into_fragments():
    assert fragments("张建国") == {"张", "建", "国", "张建", "建国"}
    assert fragments("格桑·德吉") == fragments("格桑 德吉") == fragments("格桑德吉")
    assert fragments("𠮷野") == {"𠮷", "野", "𠮷野"}
    assert fragments(" · ") == set()


@pytest.mark.parametrize("typed", ["lvhong", "Lǚ Hóng", "LÜ HONG", "lu:hong", " lv-hong "])
def test_it_folds_typed_pinyin(typed):
    assert fold_query(typed) == "lvhong" == search_keys("吕红")[0]


@given(st.text(max_size=30))
def test_it_normalises_once_and_for_all(text):
    assert normalise_name(normalise_name(text)) == normalise_name(text)


@given(st.text(max_size=30))
def test_it_writes_keys_in_plain_letters(text):
    pinyin, initials = search_keys(text)
    assert (pinyin + initials).isascii()
    assert len(initials) <= len(pinyin)
    assert not pinyin or pinyin.isalnum()


@given(st.text("张建国单曾格桑德吉·•𠮷㛃", min_size=1, max_size=8), st.data())
def test_it_finds_a_name_by_any_part_of_it(name, data):
    name = normalise_name(name)
    start = data.draw(st.integers(0, len(name)))
    end = data.draw(st.integers(start, len(name)))
    assert fragments(name[start:end]) <= fragments(name)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("单小红", {"shanxiaohong", "danxiaohong", "sxh", "dxh"}),
        ("仇志", {"qiuzhi", "chouzhi"}),
        ("曾香", {"zengxiang", "cengxiang"}),
        ("解明", {"xieming", "jieming"}),
        ("查文", {"zhawen", "chawen"}),
        ("区明", {"ouming", "quming"}),
        ("盖天", {"getian", "gaitian"}),
        ("员平", {"yunping", "yuanping"}),
        ("尉平", {"weiping", "yuping"}),
        ("朴正", {"piaozheng", "puzheng"}),
        ("翟明", {"zhaiming", "diming"}),
        ("张乐", {"zhangle", "zhangyue", "zl", "zy"}),
        ("单于丹", {"chanyudan"}),
        ("万明", {"wanming"}),
        ("阿Q", {"aq"}),
    ],
)
def test_it_keeps_every_reading_somebody_may_think_of(name, read):
    assert read <= name_grams(name)


def test_it_takes_the_reading_a_person_gives():
    assert search_keys("张乐", "Zhāng Yuè") == ("zhangyue", "zy")
    assert {"zhanglao", "zhangle"} <= name_grams("张乐", "zhang lao")
    assert search_keys("张乐", "zhangyue")[0] == search_keys("李乐", "li le hong")[0].replace("li", "zhang")
    assert not fits("zhang 1", "张乐")
    assert not fits("", "张乐")


def test_it_keeps_the_keys_within_their_columns():
    pinyin, initials = search_keys("张" * 40)
    assert (len(pinyin), len(initials)) == (120, 20)
    assert max(map(len, name_grams("张" * 40))) == 120


@pytest.mark.parametrize(("typed", "means"), [("lyu", "lv"), ("lu", "lv"), ("nulan", "nvlan"), ("lue", "lve")])
def test_it_knows_how_u_with_dots_is_typed(typed, means):
    assert means in ways_to_type(typed)
    assert typed in ways_to_type(typed)


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("zhangjg", ("zhang", "zjg")),
        ("zhangjiang", ("zhangjian", "zjg")),
        ("xianj", ("xian", "xj")),
        ("xianj", ("xian", "xaj")),
        ("zhjg", ("", "zjg")),
        ("lvh", ("lv", "lh")),
    ],
)
def test_it_tells_whole_syllables_from_initials(typed, means):
    assert means in heads_and_initials(typed)


@given(st.text(max_size=60))
def test_it_reads_anything_typed(text):
    folded = fold_query(text)
    assert len(ways_to_type(folded)) <= 3
    assert len(heads_and_initials(folded)) <= 20


@pytest.mark.parametrize(
    "name, shown",
    [("张建国", "张**"), ("欧阳娜", "欧阳**"), ("欧阳", "欧**"), ("阿不都·热合曼", "阿**"), (" 李 四", "李**")],
)
def test_it_shows_the_surname_only(name, shown):
    assert surname_only(name) == shown

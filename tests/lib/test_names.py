import pytest
from hypothesis import given
from hypothesis import strategies as st

from xitun.lib.names import fold_query, name_grams, normalise_name, search_keys


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


def test_it_cuts_a_name_into_grams():
    assert name_grams("张建国") == {"张", "建", "国", "张建", "建国"}
    assert name_grams("格桑·德吉") == name_grams("格桑 德吉") == name_grams("格桑德吉")
    assert name_grams("𠮷野") == {"𠮷", "野", "𠮷野"}
    assert name_grams(" · ") == set()


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
    assert name_grams(name[start:end]) <= name_grams(name)

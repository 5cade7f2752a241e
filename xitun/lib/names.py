"""People's names: one spelling of each, and the keys under which they are found (grams, pinyin, initials).

Names keep their rare characters; `·` (U+00B7) joins the parts of a name, whichever dot was typed.
"""

import re
import unicodedata

from pypinyin import lazy_pinyin

# Readings a character has as a surname only (现代汉语词典; where two are in use, the commoner one).
SURNAMES = {
    "万俟": "mo qi",
    "尉迟": "yu chi",
    "长孙": "zhang sun",
    "澹台": "tan tai",
    "令狐": "ling hu",
    "鲜于": "xian yu",
    "单": "shan",
    "仇": "qiu",
    "曾": "zeng",
    "解": "xie",
    "朴": "piao",
    "查": "zha",
    "盖": "ge",
    "尉": "wei",
    "召": "shao",
    "任": "ren",
    "区": "ou",
    "缪": "miao",
    "翟": "zhai",
    "覃": "qin",
    "冼": "xian",
    "洗": "xian",
    "黑": "he",
    "员": "yun",
    "折": "she",
    "种": "chong",
    "繁": "po",
    "隗": "wei",
    "句": "gou",
    "牟": "mou",
    "郇": "xun",
    "阚": "kan",
    "藏": "zang",
    "卜": "bu",
    "都": "du",
    "乜": "nie",
    "炅": "gui",
    "祭": "zhai",
    "佴": "nai",
    "秘": "bi",
    "乐": "yue",
    "薄": "bo",
    "宁": "ning",
    "华": "hua",
    "燕": "yan",
    "应": "ying",
    "纪": "ji",
    "费": "fei",
    "晁": "chao",
    "谌": "chen",
    "宓": "mi",
    "车": "che",
    "行": "xing",
    "重": "chong",
    "长": "chang",
    "石": "shi",
    "沈": "shen",
    "柏": "bai",
    "干": "gan",
    "强": "qiang",
    "盛": "sheng",
    "曲": "qu",
    "哈": "ha",
    "那": "na",
    "宿": "su",
    "相": "xiang",
    "俞": "yu",
    "郗": "xi",
    "颉": "xie",
    "眭": "sui",
    "郄": "qie",
    "逯": "lu",
    "於": "yu",
    "撒": "sa",
    "朝": "chao",
    "降": "xiang",
    "粘": "nian",
}

_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅●", "·"))
_UNSEEN = re.compile(r"[\u0000-\u0008\u000e-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇]"
_HAS_HAN = re.compile(_HAN)
_TYPED_STOP = re.compile(rf"(?<={_HAN})\.+(?={_HAN})")
_LETTERS = re.compile(r"[^\W_]+")
_LATIN_U = str.maketrans({"ü": "v", "ǖ": "v", "ǘ": "v", "ǚ": "v", "ǜ": "v"})


def normalise_name(text):
    """The name as it is stored: half-width, `·` for every dot, no spaces in a Chinese name, single ones elsewhere."""
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text or "")).translate(_DOTS)
    text = " ".join(text.split())
    if _HAS_HAN.search(text):
        text = _TYPED_STOP.sub("·", text.replace(" ", ""))
    return unicodedata.normalize("NFC", text)


def name_grams(name):
    """Every single character and neighbouring pair of a name or query, without dots and spaces.

    A query matches a name when all its grams are among the name's: no wildcard scan, two characters suffice.
    """
    letters = "".join(_LETTERS.findall(normalise_name(name).casefold()))
    return set(letters) | {letters[i : i + 2] for i in range(len(letters) - 1)}


def search_keys(name):
    """(pinyin, initials) of a name, lower-case and unspaced: 张建国 → ("zhangjianguo", "zjg"); ü is written v."""
    syllables = _syllables(normalise_name(name))
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def fold_query(text):
    """A typed pinyin query as `search_keys` writes it: "Lǚ Hóng" and "LÜ hong" → "lvhong"."""
    return "".join(_LETTERS.findall(_unmarked(text)))


def _syllables(name):
    surname = next((name[:n] for n in (2, 1) if len(name) > n and name[:n] in SURNAMES), "")
    return [*SURNAMES.get(surname, "").split(), *lazy_pinyin(name[len(surname) :], errors=_latin_words)]


def _latin_words(text):
    """What has no reading: Latin words stay, rare characters and dots leave no trace in pinyin."""
    return re.findall(r"[a-z0-9]+", _unmarked(text))


def _unmarked(text):
    """Lower case without tone marks and accents, except that ü becomes v."""
    text = unicodedata.normalize("NFC", text.casefold()).translate(_LATIN_U).replace("u:", "v")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))

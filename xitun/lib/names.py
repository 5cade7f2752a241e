"""People's names: one spelling of each, and the keys under which they are found (grams, pinyin, initials).

Names keep their rare characters; `·` (U+00B7) joins the parts of a name, whichever dot was typed.
"""

import re
import unicodedata
from functools import lru_cache

from xitun.lib.readings import fold_query, readings, unmarked

__all__ = ["fold_query", "fragments", "name_grams", "normalise_name", "search_keys"]

_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅●", "·"))
_UNSEEN = re.compile(r"[\u0000-\u0008\u000e-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇]"
_HAS_HAN = re.compile(_HAN)
_TYPED_STOP = re.compile(rf"(?<={_HAN})\.+(?={_HAN})")
_LETTERS = re.compile(r"[^\W_]+")
PINYIN_LENGTH, INITIALS_LENGTH = 120, 20  # what the columns hold


_COMPOUND = set(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 令狐 慕容 司徒 夏侯 长孙 宇文 端木 申屠 澹台 淳于 南宫 万俟 闻人".split()
)


@lru_cache(maxsize=16)  # one name is asked for several times running; a hostile text must not fill the memory
def normalise_name(text):
    """The name as it is stored: half-width, `·` for every dot, no spaces in a Chinese name, single ones elsewhere."""
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text or "")).translate(_DOTS)
    text = " ".join(text.split())
    if _HAS_HAN.search(text):
        text = _TYPED_STOP.sub("·", text.replace(" ", ""))
    return unicodedata.normalize("NFC", text)


def fragments(text):
    """Every single character and neighbouring pair of a name or query, without dots and spaces.

    A query matches a name when all its fragments are among the name's: no wildcard scan, two characters suffice.
    """
    letters = "".join(_LETTERS.findall(normalise_name(text).casefold()))
    return set(letters) | {letters[i : i + 2] for i in range(len(letters) - 1)}


def name_grams(name, reading=""):
    """All under which a name is found: its fragments, and pinyin and initials of every reading."""
    keys = {key for pair in [search_keys(name, reading), *readings(normalise_name(name))] for key in pair if key}
    return fragments(name) | {key[:PINYIN_LENGTH] for key in keys}


def search_keys(name, reading=""):
    """(pinyin, initials) of a name, lower-case and unspaced: 张建国 → ("zhangjianguo", "zjg"); ü is written v.

    `reading`: the syllables with spaces between, where this person reads the name otherwise; see `fits`.
    """
    if reading and fits(reading, name):
        words = unmarked(reading).split()
        pinyin, initials = "".join(words), "".join(word[0] for word in words)
    else:
        pinyin, initials = readings(normalise_name(name))[0]
    return pinyin[:PINYIN_LENGTH], initials[:INITIALS_LENGTH]


def fits(reading, name):
    """Whether a reading has a syllable of Latin letters for each character of the name."""
    words = unmarked(reading).split()
    letters = "".join(_LETTERS.findall(normalise_name(name)))
    return len(words) == len(letters) and all(re.fullmatch("[a-z]{1,8}", word) for word in words)


def surname_only(name):
    """张建国 → 张**, 欧阳娜 → 欧阳**: whom it is about for who knows them, and little for who does not."""
    name = normalise_name(name)
    length = 2 if len(name) > 2 and name[:2] in _COMPOUND else 1
    return f"{name[:length]}**"

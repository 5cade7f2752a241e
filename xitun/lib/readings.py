"""How a Chinese name is read: pinyin and initials, the surnames that are read otherwise than the word, and every
reading under which somebody might look for the name."""

import re
import unicodedata
from functools import lru_cache
from itertools import islice, product

from pypinyin import lazy_pinyin

MANY_READINGS = 12  # of one name; more would only come of names that are nothing but such characters

# Readings a character has as a surname only (现代汉语词典; where two are in use, the commoner one).
SURNAMES = {
    key: reading
    for line in """
        万俟 mo qi|尉迟 yu chi|长孙 zhang sun|澹台 tan tai|令狐 ling hu|鲜于 xian yu|亓官 qi guan|单于 chan yu
        乐正 yue zheng|宰父 zai fu|濮阳 pu yang|闾丘 lv qiu|皇甫 huang fu|夏侯 xia hou|拓跋 tuo ba|万 wan
        单 shan|仇 qiu|曾 zeng|解 xie|朴 piao|查 zha|盖 ge|尉 wei|召 shao|任 ren|区 ou|缪 miao|翟 zhai|覃 qin
        冼 xian|洗 xian|黑 he|员 yun|折 she|种 chong|繁 po|隗 wei|句 gou|牟 mou|郇 xun|阚 kan|藏 zang|卜 bu
        都 du|乜 nie|炅 gui|祭 zhai|佴 nai|秘 bi|乐 yue|薄 bo|宓 mi|车 che|行 xing|重 chong|长 chang|柏 bai
        强 qiang|盛 sheng|那 na|宿 su|相 xiang|郗 xi|颉 xie|郄 qie|逯 lu|於 yu|朝 chao|降 xiang|粘 nian|褚 chu
        晟 cheng|莘 shen|占 zhan|钭 tou|幺 yao|逄 pang|石 shi|沈 shen|华 hua|宁 ning|燕 yan|应 ying
    """.strip().split("\n")
    for entry in line.strip().split("|")
    for key, _blank, reading in [entry.partition(" ")]
}

# Readings in use beside the one pypinyin or SURNAMES gives: people look for a name as they believe it is read.
OTHERS = {
    character: readings.split()
    for character, readings in (
        entry.split(" ", 1)
        for line in """
            单 dan shan|仇 chou qiu|曾 ceng zeng|解 jie xie|朴 pu piao|查 cha zha|盖 gai ge|尉 yu wei|召 zhao shao
            区 qu ou|缪 mou miao|翟 di zhai|覃 tan qin|洗 xi xian|黑 hei he|员 yuan yun|折 zhe she|种 zhong chong
            繁 fan po|隗 kui wei|句 ju gou|牟 mu mou|郇 huan xun|阚 han kan|藏 cang zang|卜 bo bu|都 dou du
            乜 mie nie|炅 jiong gui|祭 ji zhai|佴 er nai|秘 mi bi|乐 le yue|薄 bao bo|车 ju che|行 hang xing
            重 zhong chong|长 zhang chang|柏 bo bai|强 jiang qiang|盛 cheng sheng|那 nuo na|宿 xiu su|郗 chi xi
            颉 jie xie|郄 xi qie|朝 zhao chao|降 jiang xiang|粘 zhan nian|晟 cheng sheng|莘 xin shen|谌 shen chen
            隽 jun juan|筠 jun yun|蔚 yu wei|茜 xi qian|娜 na nuo|传 zhuan chuan|贾 gu jia|绿 lu lv|会 kuai hui
            省 xing sheng|参 can shen|厦 sha xia|奇 ji qi|弹 dan tan|便 bian pian|给 gei ji|乘 sheng cheng
            恶 wu e|率 shuai lv|阿 e a|万 mo wan|景 ying jing|炔 gui que|洁 ji jie|露 lou lu|色 shai se|合 ge he
        """.strip().split("\n")
        for entry in line.strip().split("|")
    )
}

_LETTERS = re.compile(r"[^\W_]+")
_LATIN_U = str.maketrans({"ü": "v", "ǖ": "v", "ǘ": "v", "ǚ": "v", "ǜ": "v"})
_FINALS = "ang|eng|ing|ong|iang|iong|uang|ueng|an|en|in|un|vn|ian|uan|ai|ei|ui|ao|ou|iu|ie|ue|ve|er|ia|iao|ua|uo|uai"
_SYLLABLE = re.compile(rf"(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(?:{_FINALS}|[aoeiuv])")
_LONGEST_SYLLABLE = 6


@lru_cache(maxsize=10_000)  # an import asks for each name when it is judged and when it is written
def readings(name):
    """((pinyin, initials), …) of a name, the most likely first: 单小红 → shanxiaohong, danxiaohong. ü is written v."""
    first = _syllables(name)
    choices = [[syllable, *_others(syllable, character)] for syllable, character in _beside(first, name)]
    found = dict.fromkeys(
        ("".join(way), "".join(s[0] for s in way)) for way in islice(product(*choices), MANY_READINGS)
    )
    return tuple(found)


def fold_query(text):
    """A typed pinyin query as the keys are written: "Lǚ Hóng", "LÜ hong" and "ｌｖ hong" → "lvhong"."""
    return "".join(_LETTERS.findall(unmarked(text)))


def ways_to_type(query):
    """A folded query, and what it may mean where ü was typed as u or yu: lu → lv, lyu → lv."""
    spelt = re.sub(r"([ln])yu", r"\1v", query)
    return list(dict.fromkeys((query, spelt, re.sub(r"([ln])u(?![ao])", r"\1v", spelt))))


def heads_and_initials(query):
    """{(whole syllables at the front, initials of all)} that a query of both may mean: zhangjg → (zhang, zjg)."""
    found = {("", re.sub("([zcs])h", r"\1", query))}
    heads = {(0, "")}
    while heads:
        heads = {
            (end, initials + query[start])
            for start, initials in heads
            for end in range(start + 1, min(start + _LONGEST_SYLLABLE, len(query) - 1) + 1)
            if _SYLLABLE.fullmatch(query, start, end)
        }
        found |= {(query[:end], initials + re.sub("([zcs])h", r"\1", query[end:])) for end, initials in heads}
    return sorted(found - {("", query)})[:20]


def unmarked(text):
    """Half-width and lower case without tone marks and accents, except that ü becomes v."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = unicodedata.normalize("NFC", text).translate(_LATIN_U).replace("u:", "v")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _syllables(name):
    surname = next((name[:n] for n in (2, 1) if len(name) > n and name[:n] in SURNAMES), "")
    return [*SURNAMES.get(surname, "").split(), *lazy_pinyin(name[len(surname) :], errors=_latin_words)]


def _latin_words(text):
    """What has no reading: Latin words stay, rare characters and dots leave no trace in pinyin."""
    return re.findall(r"[a-z0-9]+", unmarked(text))


def _beside(syllables, name):
    """Each syllable with its character; where they cannot be told apart (Latin words, rare characters), with none."""
    letters = "".join(_LETTERS.findall(name))
    return zip(syllables, letters if len(letters) == len(syllables) else " " * len(syllables), strict=True)


def _others(syllable, character):
    return [other for other in OTHERS.get(character, ()) if other != syllable]

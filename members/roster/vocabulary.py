"""The words rosters use for categories, standings, sex and causes of hardship. No models, no I/O.

Words are compared after `columns.plain()`, so （兼）marks, spaces and full-width letters do not matter. A word that
is not here is unknown; nothing is guessed.
"""

import re

from members.roster.columns import plain

_CATEGORIES = {
    "in_service": """
        在职党员 在职 在岗党员 在岗 在职在岗党员 在职村干部 在职村干部党员 村干部党员 岗位管理 责任工程
        inservice""",
    "unemployed": """
        无职党员 无职 无职务党员 农村无职党员 未任职党员 无职农民党员 引导管理 兴业致富工程 unemployed
        holdingnopost nopost withoutpost""",
    "mobile": """
        流动党员 流动 外出党员 外出流动党员 外出务工党员 流出党员 务工党员 流动外出党员 联合管理 跟踪工程 mobile""",
    "poor_weak": """
        贫弱党员 贫弱 帮扶对象 帮扶党员 困难党员 生活困难党员 贫困党员 贫困弱势党员 弱势党员 困难帮扶对象
        定人管理 解困工程 poorweak poorandweak poor receivinghelp""",
    "elderly": "老年党员 老年 老党员 年老党员 高龄党员 年老体弱党员 传帮管理 余热工程 elderly",
    "backward": """
        后进党员 后进 帮教对象 帮教党员 后进转化党员 后进转化对象 待转化党员 重点管理 帮教工程 backward
        inhelpandeducation""",
    "retired": """
        离退休党员 离退休 退休党员 离休党员 离退休干部 离退休干部党员 离退休老党员 离退休人员 退休干部党员
        退休干部 走访管理 上门管理 走访上门管理 服务工程 retired""",
    "developing": """
        发展培养对象 发展培养 培养对象 培养发展对象 培养发展 入党培养对象 发展党员 发展党员对象 发展对象
        重点发展对象 入党积极分子 积极分子 入党申请人 入党申请者 申请人 申请入党人员 预备党员 直接管理 基础工程
        developing candidate candidateformembership candidates""",
}
_STANDINGS = {
    "full": "正式党员 正式 中共党员 中共正式党员 中国共产党党员 共产党员 党员 full fullmember formal member",
    "probationary": "预备党员 预备 中共预备党员 预备期党员 预备期 probationary probationarymember probation",
    "target": "发展对象 党员发展对象 拟发展对象 重点发展对象 target developmenttarget",
    "activist": "入党积极分子 积极分子 activist",
    "applicant": """
        入党申请人 申请人 入党申请者 申请入党人员 申请入党 递交申请 递交入党申请 递交入党申请书 入党申请 已申请
        applicant""",
    "former": """
        已离开 离开 转出 已转出 转走 已转走 去世 已去世 死亡 已死亡 已故 病故 已病故 出党 已出党 除名 已除名
        开除党籍 former""",
}
_OUTSIDE = set("群众 共青团员 团员 非党员 无党派 无党派人士 masses".split())
_SEXES = {"M": "男 男性 m male 1", "F": "女 女性 f female 2"}
_CAUSES = {
    "lacks_labour": """
        缺劳力 缺劳动力 缺乏劳力 缺乏劳动力 劳力不足 劳动力不足 无劳力 无劳动力 无劳动能力 缺少劳动力
        lackslabour""",
    "lacks_skill": "缺技术 缺技能 缺信息 缺技术信息 缺技术缺信息 缺乏技术 缺乏技能 缺少技术 无技术 无技能 lacksskill",
    "tied_to_home": """
        因家庭无法外出 无法外出 家庭拖累 因家庭拖累无法外出 家庭拖累无法外出 因家无法外出 照顾家庭无法外出
        tiedtohome""",
    "old_or_sick": """
        年老多病 年老体弱 年老体弱多病 体弱多病 年老 多病 因病 因病致困 因病致贫 患病 大病 重病 慢性病 长期患病
        疾病 因残 因残致困 因残致贫 残疾 病残 oldorsick""",
}

_SEPARATORS = re.compile(r"[、,，;；/+|\s]+")
_LEADING_NUMBER = re.compile(r"^\d{1,2}(?=\D)")


def _index(words_by_code):
    return {word: code for code, words in words_by_code.items() for word in words.split()}


_CATEGORY, _STANDING, _SEX, _CAUSE = (_index(words) for words in (_CATEGORIES, _STANDINGS, _SEXES, _CAUSES))


def category_of(text):
    """The code of the category a word names, or None."""
    return _look_up(_CATEGORY, text)


def standing_of(text):
    """The code of the standing a word names, or None."""
    return _look_up(_STANDING, text)


def is_outside(text):
    """Whether a word says that somebody is no Party member, as 政治面貌 does of candidates."""
    return plain(text) in _OUTSIDE


def sex_of(text):
    """`M`, `F` or None; 1 and 2 are the codes of GB/T 2261.1."""
    return _SEX.get(plain(text))


def cause_of(text):
    """The code of a cause of hardship (DOMAIN §2.4), or None. Attitudes are no cause and never become one (§5)."""
    return _look_up(_CAUSE, text)


def split_words(text):
    """The words of a cell that lists several: `老年党员、贫弱党员`."""
    return [word for word in _SEPARATORS.split(str(text)) if plain(word)]


def _look_up(index, text):
    label = _LEADING_NUMBER.sub("", plain(text))
    return index.get(label) or index.get(label.removesuffix("类"))


def examples(count=4):
    """{category: the first words that are taken for it}, for the page that explains the import."""
    return {code: words.split()[:count] for code, words in _CATEGORIES.items()}

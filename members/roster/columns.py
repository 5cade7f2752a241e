"""What a column of a roster is, from its heading. No models, no I/O.

A heading is compared whole, after `plain()`: NFKC, lower case, no spaces, marks or remarks in brackets. So
培养联系人姓名 or 家庭电话 is never taken for the person's own. To add a synonym, add it to its line below.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

_SYNONYMS = {
    "name": "姓名 名字 人员名单 党员名单 name fullname membername personname",
    "sex": "性别 sex gender",
    "ethnicity": "民族 族别 ethnicity ethnicgroup nationality",
    "id_number": """
        身份证号 身份证号码 身份证 身份证编号 身份号码 身份证件号 身份证件号码 公民身份号码 公民身份证号
        公民身份证号码 公民身份证 居民身份证 居民身份证号 居民身份证号码 居民身份证编号 居民身份号码
        居民身份证件号码 二代身份证号 二代身份证号码 有效身份证号 有效身份证件号码 证件号 证件号码 证件编号
        有效证件号码 身份证明号码 身份证或证件号码 id idno idnum idnumber idcard idcardno idcardnumber identity
        identityno identitynumber identitycard identitycardno identitycardnumber citizenid citizenidnumber
        residentid residentidnumber nationalid nationalidnumber""",
    "phone": """
        电话 电话号码 联系电话 联系电话号码 联系手机 联系手机号 联系方式 手机 手机号 手机号码 手机电话 移动电话
        移动电话号码 联系号码 联络电话 联络方式 手机联系方式 手机或固定电话 phone phoneno phonenumber mobile
        mobileno mobilenumber mobilephone mobilephonenumber tel telephone telephonenumber cell cellphone contact
        contactno contactnumber contactphone""",
    "branch": """
        支部 支部名称 党支部 党支部名称 党支部全称 村支部 村党支部 村党支部名称 农村党支部 基层党支部 基层党组织
        党组织 党组织名称 所在支部 所在党支部 所在支部名称 所在党支部名称 所在组织 所在党组织 所在党组织名称
        所在基层党组织 所在村 所在行政村 所在村社区 所属支部 所属党支部 所属支部名称 所属党支部名称 所属组织
        所属党组织 所属党组织名称 所属村 所属行政村 隶属支部 隶属党支部 隶属党组织 组织名称 组织关系所在支部
        组织关系所在党支部 组织关系所在党组织 组织关系所在地 村 村名 村名称 村别 村级 行政村 行政村名称 村社区
        branch branchname partybranch partybranchname village villagename villagebranch partyorganisation
        partyorganization""",
    "branch_or_employer": "单位 单位名称 所在单位 所在单位名称 所属单位 unit organisation organization",
    "group": "党小组 党小组名称 所在党小组 所属党小组 group groupname partygroup",
    "education": """
        学历 最高学历 全日制学历 现学历 学历层次 学历学位 文化程度 文化 文化水平 教育程度 受教育程度 教育
        学历情况 education educationlevel highesteducation degree""",
    "occupation": """
        职业 工作 从业状况 从业情况 就业状况 就业情况 工作状况 工作情况 职业类别 职业名称 职业状况 从事职业
        现从事职业 从事工作 现从事工作 从事行业 从事产业 务工情况 个人身份 工作岗位 岗位 occupation job work
        employment employmentstatus profession""",
    "employer": "工作单位 工作单位及职务 现工作单位 原工作单位 任职单位 employer workunit workplace",
    "post": """
        职务 党内职务 村内职务 党内外职务 行政职务 现任职务 担任职务 所任职务 任职 任职情况 两委职务 村两委职务
        村干部职务 村职务 支部职务 党支部职务 post postheld posttitle position duty""",
    "address": """
        住址 现住址 地址 现地址 详细地址 详细住址 家庭住址 家庭地址 家庭详细住址 现家庭住址 居住地 现居住地
        现居地 居住地址 现居住地址 常住地 常住地址 居住地点 户籍地 户籍地址 户籍所在地 户口所在地 社别 组别
        村民小组 所在社 所属社 所在组 所在村组 村组 address homeaddress residence currentaddress""",
    "away_to": """
        流入地 流入地址 流入地点 流入省市 流入地区 流入地名称 流出地 流出地点 流出去向 流动去向 流动地 流动地点
        流动方向 流动党员去向 流向 去向 外出地 外出地点 外出地址 外出去向 外出务工地 外出务工地点 外出务工地址
        外出所在地 务工地 务工地点 务工地址 务工去向 现流入地 流入地详细地址 外出流向 awayto destination
        mobileplace currentplace currentcity workcity whereabouts""",
    "category": """
        分类 主分类 分类类别 分类管理 分类管理类别 分类情况 党员分类 党员分类类别 党员分类情况 党员分类管理
        党员分类管理类别 管理类别 管理类型 管理分类 党员管理类别 八类党员 八类类别 八类分类 八类党员类别
        八类党员分类 所属类别 归属类别 所属分类 主类别 主要类别 category primarycategory maincategory
        membercategory""",
    "standing": """
        党员身份 组织身份 政治身份 政治面貌 党员状态 党籍状态 党籍 党籍情况 发展阶段 培养阶段 所处阶段 发展状态
        党员性质 standing status memberstatus membershipstatus membership memberstanding stage""",
    "category_or_standing": """
        类别 类型 种类 性质 身份类别 身份 人员类别 人员类型 人员性质 人员分类 人员身份 党员类别 党员类型
        党员种类 对象类别 管理对象 管理对象类别 type kind class membertype memberkind persontype""",
    "more_categories": """
        兼类 兼属 兼属类别 其他类别 其它类别 其他分类 其它分类 其他党员类别 附加类别 附加分类 次要类别 次要分类
        第二类别 同时属于 兼有类别 additionalcategory additionalcategories othercategory othercategories
        secondarycategory secondarycategories morecategories""",
    "cause": """
        困难类型 困难类别 困难原因 困难成因 困难情况 困难因素 致困原因 致困类型 致困因素 致贫原因 致贫因素
        贫困原因 贫困类型 贫弱原因 贫弱类型 贫弱成因 主要困难 主要困难类型 主要致困原因 主要致贫原因 帮扶原因
        帮扶类型 cause causes causeofhardship hardshipcause hardshiptype hardship difficulty difficultytype""",
    "note": "备注 备注说明 备考 附注 其他说明 说明 note notes remark remarks comment comments",
}
_DATES = {
    "birth_date": ("出生", "生日 birth birthdate birthday dateofbirth dob born bornon"),
    "joined_on": (
        "入党 加入党组织 加入中共 加入中共组织 加入中国共产党 加入中国共产党组织 成为预备党员 接收预备党员"
        " 接收为预备党员",
        "入党 joined joinedon joindate joineddate joiningdate dateofjoining datejoined partyjoindate joinedparty"
        " joinedpartyon admitted admittedon",
    ),
    "full_member_on": (
        "转正 转为正式党员 成为正式党员 预备转正 预备党员转正 党员转正",
        "转正 fullmember fullmemberon fullmemberdate fullmembersince fullmembershipdate probationended"
        " convertedon conversiondate",
    ),
    "applied_on": (
        "申请入党 入党申请 递交申请 递交申请书 递交入党申请书 提交入党申请书 提出入党申请",
        "applied appliedon applicationdate",
    ),
    "away_from": (
        "外出 流出 流动 外出务工 外出流动 离村 离乡 外流",
        "leftdate lefton awaysince awayfrom outsince departedon",
    ),
}
DATE_COLUMNS = tuple(_DATES)
_DATE_ENDINGS = ("日期", "时间", "年月日", "年月", "年份", "日", "起始时间", "起始日期", "开始时间", "具体时间")

# Headings above two or more columns that make them another person's: 培养联系人 › 姓名.
OTHER_PERSON = re.compile(r"联系人|介绍人|家庭|家属|亲属|责任人|户主|监护人|帮扶人|帮带|配偶|子女|父亲|母亲|谈话人")

_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>")
_MARKS = re.compile(r"[\W_]+")
_FILLER = re.compile(r"^(?:必填|选填|必录)|(?:必填|选填|必录)$")
_OWN = re.compile(r"^(?:党员|本人|个人|人员|同志)的?")


_LATIN = re.compile(r"[a-z]+")
_LONGEST, _READ = 40, 200  # characters of a heading; of any text that is looked at


def _by_label():
    labels = {label: column for column, words in _SYNONYMS.items() for label in words.split()}
    for column, (stems, whole) in _DATES.items():
        labels |= {stem + ending: column for stem in stems.split() for ending in _DATE_ENDINGS}
        labels |= dict.fromkeys(whole.split(), column)
    return labels


_LABELS = _by_label()


def plain(text):
    """A heading or label without anything that carries no meaning: `＊身份证号\\n（必填）` → `身份证号`."""
    return _plain("" if text is None else str(text)[:_READ])


@lru_cache(maxsize=4096)
def _plain(text):
    text = unicodedata.normalize("NFKC", text).lower()
    return _FILLER.sub("", _MARKS.sub("", _REMARK.sub("", text)) or _MARKS.sub("", text))


def column_for(heading):
    """The column a heading names, None when unknown.

    `category_or_standing` and `branch_or_employer` are for headings whose values have to tell which it is.
    """
    label = plain(heading)
    if len(label) > _LONGEST:
        return None
    forms = (label, _OWN.sub("", label), *_LATIN.split(label), "".join(_LATIN.findall(label)))  # 姓名 Name
    return next((_LABELS[form] for form in forms if form in _LABELS), None)


class Meanings:
    """What headings mean in one office: what its people said of their own headings, else what they mean everywhere.

    `said` maps the key of a heading to a column, or to "" for one that is to be left out.
    """

    def __init__(self, said=None):
        self.said = dict(said or {})

    def __contains__(self, key):
        return key in self.said

    def column_for(self, heading, key=None):
        key = plain(heading) if key is None else key
        return (self.said[key] or None) if key in self.said else column_for(heading)


def keys_of(headings):
    """One key for each heading: its plain words, with their turn where they stand over a second or third column."""
    keys, turns = [], Counter()
    for heading in headings:
        label = plain(heading)[:_LONGEST]
        turns[label] += 1
        keys.append(label if turns[label] == 1 or not label else f"{label}#{turns[label]}")
    return keys


def says_month_only(heading):
    """Whether a date column declares itself to hold months, as 入党年月 does."""
    return plain(heading).endswith("年月")

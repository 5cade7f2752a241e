"""A synthetic county: units, users, and a roster of n people as an office would send it. ID numbers are of region
620000, phones of 199; nobody is real."""

import csv
from datetime import date, timedelta
from itertools import product as combinations
from random import Random

from django.core.management import call_command
from django.db import connection

from members.actions import create_unit, create_user, grant_role
from members.models import Role, Unit
from xitun.lib.dates import add_years
from xitun.lib.ids import check_character
from xitun.lib.sheets import Column, Sheet, write_xlsx

PEOPLE_A_BRANCH = 48
BRANCHES_A_TOWN = 18
FIRST_BIRTH, BIRTHS = date(1940, 1, 1), 22_000  # days
SYLLABLES = "山河川原泉林石沟湾坪塬岭庄堡寨梁"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗"
GIVEN = "建国志强海文斌永福栋玉堂明远生财万满仓学德胜耀祖秀兰桂英梅淑珍彩霞晓燕月娥春花"
# share of a hundred, the roster's words for category and standing
PLAN = (
    (8, "在职党员", "正式党员"),
    (36, "无职党员", "正式党员"),
    (19, "流动党员", "正式党员"),
    (17, "老年党员", "正式党员"),
    (6, "离退休党员", "正式党员"),
    (6, "贫弱党员", "正式党员"),
    (2, "后进党员", "正式党员"),
    (6, "发展培养对象", "入党积极分子"),
)
LABELS = (
    "序号 所在党支部 姓名 性别 身份证号 出生日期 入党时间 转正时间 人员类别 联系电话 分类 学历 职务 家庭住址".split()
)
DATED = ("出生日期", "入党时间", "转正时间")
SINCE = "2026-01-05"


def make_units(n):
    """County › towns › branches for n people. Returns (county, branches)."""
    county = create_unit(by=None, kind="county", name="试算县")
    names = ("".join(letters) for letters in combinations(SYLLABLES, repeat=4))
    branches, town = [], None
    for number in range(max(2, -(-n // PEOPLE_A_BRANCH))):
        if number % BRANCHES_A_TOWN == 0:
            town = create_unit(by=None, kind="town", name=f"{next(names)}镇", parent=Unit.objects.get(pk=county.pk))
        parent = Unit.objects.get(pk=town.pk)  # treebeard counts children on the row
        branches.append(create_unit(by=None, kind="branch", name=f"{next(names)}村党支部", parent=parent))
    return Unit.objects.get(pk=county.pk), branches


def make_staff(county):
    """Town staff whose scope is all n people, and the superuser of the rival."""
    staff = create_user(by=None, username="staff", password=None)
    grant_role(by=None, user=staff, role=Role.TOWN_STAFF, unit=county, from_date=date(2020, 1, 1))
    rival = create_user(by=None, username="rival", password=None)
    type(rival).objects.filter(pk=rival.pk).update(is_staff=True, is_superuser=True)
    return staff, type(rival).objects.get(pk=rival.pk)


def write_roster(path, branches, first, n):
    """A roster of the people number `first` to `first + n - 1`: an Excel file, or CSV where `path` ends so."""
    columns = [Column(label, label, "date" if label in DATED else "text") for label in LABELS]
    rows = (_line(number, branches) for number in range(first, first + n))
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows([LABELS, *rows])
    else:
        write_xlsx(path, [Sheet("花名册", columns, rows, title="党员花名册")])
    return path


def import_people(path, county):
    """As an operator would: the command, at the county."""
    call_command("import_roster", str(path), branch=county.path, on=SINCE, json=None, stdout=_Nowhere())


def fresh_statistics():
    """What PostgreSQL's autovacuum does in the first minute of a real installation, and SQLite's own optimiser."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "PRAGMA optimize")


class _Nowhere:
    def write(self, text):
        pass

    def flush(self):
        pass


def _line(number, branches):
    rng = Random(number)
    born = FIRST_BIRTH + timedelta(days=number % BIRTHS)
    female = rng.random() < 0.27
    category, standing = _drawn(rng.randrange(100))
    member = standing == "正式党员"
    joined = add_years(born, 22)
    return (
        number + 1,
        branches[number % len(branches)].name,
        rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN),
        "女" if female else "男",
        _id_number(born, 2 * (number // BIRTHS) + (not female)),
        born,
        joined if member else None,
        add_years(joined, 1) if member else None,
        standing,
        f"199{number % 100_000_000:08d}",
        category,
        rng.choice(("小学", "初中", "高中", "大专")),
        "文书" if category == "在职党员" else "",
        f"第{number % 6 + 1}社",
    )


def _drawn(number):
    for share, category, standing in PLAN:
        if number < share:
            return category, standing
        number -= share
    raise AssertionError("the shares of PLAN do not add up to a hundred")


def _id_number(born, order):
    first = f"620000{born:%Y%m%d}{order:03d}"
    return first + check_character(first)

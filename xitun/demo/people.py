"""Who lives in the demo town: about 860 people in the eight categories, their posts, and a user of every role."""

import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from members.actions.people import prepare_person
from members.models import (
    BranchMembership,
    Category,
    Enrolment,
    NameGram,
    Person,
    PostHolding,
    Role,
    RoleGrant,
    Standing,
    StandingRow,
    Status,
    Unit,
    User,
)
from members.models.enrolments import RESTRICTED_CATEGORIES
from xitun.lib.dates import Quarter, add_years
from xitun.lib.ids import check_character
from xitun.lib.names import name_grams

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾田董潘袁蔡蒋余杜"
GIVEN_M = (
    "建国 志强 海军 文斌 永福 国栋 玉堂 明远 生财 万林 满仓 学文 德胜 耀祖 占奎 世杰 振华 兴旺 云飞 小龙 宏伟 保田"
).split()
GIVEN_F = "秀兰 桂英 玉梅 淑珍 彩霞 晓燕 月娥 春花 海霞 丽娟 翠萍 雪梅 银环 芳琴 改霞 红艳 小娟 静怡".split()
RARE = ("扎西·多吉", "阿卜杜拉·买买提", "巴特尔·苏和", "王喆", "李昪", "马珺")
EDUCATION = ("小学", "初中", "高中", "中专", "大专", "本科")
MISSED = "3月10日、4月12日、5月9日支部党员大会三次无故缺席，见签到表。"
POSTS = ("党支部书记", "村委会主任", "村党支部副书记", "文书", "妇联主席", "综治专干")
DIVISIONS = ("全面工作", "村务、产业", "基层党建", "财务、报表", "妇女儿童", "治安、调解")

# share of a branch, youngest and oldest age, chance of being full member
PLAN = {
    Category.IN_SERVICE: (4, 30, 58),
    Category.UNEMPLOYED: (17, 26, 64),
    Category.MOBILE: (9, 22, 55),
    Category.ELDERLY: (8, 65, 86),
    Category.RETIRED: (3, 60, 82),
    Category.POOR_WEAK: (3, 40, 78),
    Category.BACKWARD: (1, 30, 60),
    Category.DEVELOPING: (2, 20, 45),
}


@dataclass
class Demo:
    """What has been made so far; `random` is seeded, so that the town is the same on every machine."""

    today: date
    random: Random
    town: Unit
    branches: list
    staff: dict = field(default_factory=dict)  # username -> User
    secretaries: dict = field(default_factory=dict)  # unit pk -> User
    password: str = field(default_factory=lambda: secrets.token_urlsafe(8))

    @property
    def begins(self):
        """The first day of the third quarter before this one."""
        return Quarter.of(self.today).prev().prev().prev().start


def make_users(demo):
    """Town staff and one secretary a branch, all with one password made for this installation."""
    people = [
        ("staff", "党建办干部", Role.TOWN_STAFF, demo.town),
        ("director", "党建办主任", Role.DIRECTOR, demo.town),
        ("admin", "系统管理员", Role.ADMIN, demo.town),
        ("reader", "分管领导", Role.READER, demo.town),
    ]
    for number, unit in enumerate(demo.branches, start=1):
        people.append((f"village{number}", f"{unit.name.removesuffix('党支部')}支书", Role.SECRETARY, unit))
    password = make_password(demo.password)
    users = User.objects.bulk_create(User(username=u, display_name=n, password=password) for u, n, _r, _u in people)
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=role, unit=unit, from_date=add_years(demo.begins, -3))
        for user, (_u, _n, role, unit) in zip(users, people, strict=True)
    )
    demo.staff = {user.username: user for user in users}
    demo.secretaries = {unit.pk: demo.staff[f"village{n}"] for n, unit in enumerate(demo.branches, start=1)}
    return users


def make_people(demo):
    """Persons with their dated rows and enrolments, in bulk; then posts and one member's own login."""
    drafts = [
        (unit, category)
        for unit in demo.branches
        for category, (share, _young, _old) in PLAN.items()
        for _n in range(max(1, share + demo.random.choice((-1, 0, 0, 1))))
    ]
    people = [_person(demo, unit, category, number) for number, (unit, category) in enumerate(drafts)]
    Person.objects.bulk_create(people, batch_size=500)
    NameGram.objects.bulk_create(
        (NameGram(gram=g, person=p) for p in people for g in sorted(name_grams(p.name))), batch_size=2000
    )
    since = {p.pk: p.joined_on or add_years(demo.begins, -1) for p in people}
    BranchMembership.objects.bulk_create(BranchMembership(person=p, unit=p.unit, from_date=since[p.pk]) for p in people)
    StandingRow.objects.bulk_create(row for p in people for row in _standings(p, since[p.pk]))
    _enrol(demo, people)
    _posts(demo, [p for p in people if p.category == Category.IN_SERVICE])
    _own_login(demo, people)
    return people


def _standings(person, since):
    """Who is a full member was probationary for the first year."""
    full = person.full_member_on
    if full:
        yield StandingRow(person=person, standing=Standing.PROBATIONARY, from_date=since, to_date=full)
    yield StandingRow(person=person, standing=person.standing, from_date=full or since)


def _person(demo, unit, category, number):
    rng = demo.random
    _share, young, old = PLAN[category]
    female = rng.random() < 0.27
    name = rng.choice(SURNAMES) + rng.choice(GIVEN_F if female else GIVEN_M)
    name = RARE[number // 97] if number % 97 == 40 and number // 97 < len(RARE) else name
    born = add_years(demo.today, -rng.randint(young, old)) - timedelta(days=rng.randint(1, 360))
    joined = add_years(born, rng.randint(20, max(21, min(45, young)))) + timedelta(days=rng.randint(0, 300))
    joined = min(joined, add_years(demo.today, -2))
    standing = _standing(rng, category)
    candidate = standing in (Standing.APPLICANT, Standing.ACTIVIST, Standing.TARGET)
    if standing == Standing.PROBATIONARY:
        joined = demo.today - timedelta(days=rng.randint(60, 330))
    return prepare_person(
        Person(
            name=name,
            unit=unit,
            sex="F" if female else "M",
            ethnicity="回族" if "·" in name or rng.random() < 0.04 else "汉族",
            birth_date=born,
            id_number=_id_number(born, female, number),
            phone=f"199{rng.randint(0, 99999999):08d}",
            group=f"第{rng.choice('一二三四')}党小组",
            joined_on=None if candidate else joined,
            full_member_on=add_years(joined, 1) if standing == Standing.FULL else None,
            education=rng.choice(EDUCATION),
            occupation="村干部"
            if category == Category.IN_SERVICE
            else rng.choice(("务农", "务工", "个体经营", "务农")),
            address=f"{unit.name.removesuffix('党支部')}{rng.choice('一二三四五六')}社",
            standing=standing,
            category=category,
        )
    )


def _standing(rng, category):
    if category != Category.DEVELOPING:
        return Standing.FULL
    return rng.choice(
        (Standing.APPLICANT, Standing.ACTIVIST, Standing.ACTIVIST, Standing.TARGET, Standing.PROBATIONARY)
    )


def _id_number(born, female, number):
    order = (number * 2 + (0 if female else 1)) % 1000
    first = f"620000{born:%Y%m%d}{order:03d}"
    return first + check_character(first)


def _enrol(demo, people):
    director, rows = demo.staff["director"], []
    for index, person in enumerate(people):
        late = demo.random.random() < 0.06  # some come in during the three quarters: reports need something to add
        since = demo.begins + timedelta(days=demo.random.randint(3, 260)) if late else add_years(demo.begins, -1)
        rows.append(_enrolment(demo, person, person.category, min(since, demo.today), director, index))
    rows += [
        _enrolment(demo, p, Category.ELDERLY, add_years(demo.begins, -1), director, 0, primary=False)
        for p in people
        if p.category == Category.RETIRED and demo.random.random() < 0.3
    ]
    Enrolment.objects.bulk_create(rows, batch_size=500)
    waiting = [p for p in people if p.category == Category.UNEMPLOYED and p.birth_date < add_years(demo.today, -60)][:6]
    Enrolment.objects.bulk_create(
        Enrolment(
            person=p,
            unit=p.unit,
            path=p.path,
            category=Category.ELDERLY,
            from_date=demo.today - timedelta(days=3),
            reason="身体不好，本人愿意参加老年党员活动",
            recorded_by=demo.secretaries[p.unit_id],
        )
        for p in waiting
    )


def _enrolment(demo, person, category, since, director, index, *, primary=True):
    restricted = category in RESTRICTED_CATEGORIES
    carried = restricted and index % 3 == 0
    return Enrolment(
        person=person,
        unit=person.unit,
        path=person.path,
        category=category,
        primary=primary,
        restricted=restricted,
        status=Status.ACTIVE,
        from_date=since,
        reason="原有名册",
        evidence=MISSED if category == Category.BACKWARD and not carried else "",
        carried_over=carried,
        regularise_by=Quarter.of(demo.today).last_day if carried else None,
        consent_on=since if category == Category.POOR_WEAK and not carried else None,
        notified_on=since if category == Category.BACKWARD and not carried else None,
        heard_on=since if category == Category.BACKWARD and not carried else None,
        recorded_by=demo.secretaries[person.unit_id],
        decided_by=None if carried else director,
        decided_at=None if carried else timezone.now(),
        helper=demo.secretaries[person.unit_id] if restricted else None,
    )


def _posts(demo, cadres):
    rows, seen = [], {}
    for person in cadres:
        order = seen[person.unit_id] = seen.get(person.unit_id, -1) + 1
        rows.append(
            PostHolding(
                unit=person.unit,
                path=person.path,
                person=person,
                holder_name=person.name,
                title=POSTS[order % len(POSTS)],
                division=DIVISIONS[order % len(DIVISIONS)],
                from_date=date(2023, 1, 10),
            )
        )
    PostHolding.objects.bulk_create(rows)


def _own_login(demo, people):
    someone = next(p for p in people if p.category == Category.UNEMPLOYED)
    user = User.objects.create(
        username="member", display_name=someone.name, person=someone, password=make_password(demo.password)
    )
    RoleGrant.objects.create(user=user, role=Role.MEMBER, unit=someone.unit, from_date=demo.begins)
    demo.staff["member"] = user

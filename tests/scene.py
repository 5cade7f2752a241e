"""A small world with everything in it: every category, every kind of record, posts, proposals, traces, in the branch of
the cast's secretary, in the neighbouring village and in the other town. Where the sweeping tests look around."""

import uuid
from contextlib import contextmanager
from datetime import date, timedelta
from types import SimpleNamespace

from django.db import transaction
from django.test import Client
from django.utils import timezone

from members import actions as members_acts
from members import slips
from members.api_tokens import issue_token
from members.bulk import PartyGroup
from members.models import Category, Role, RosterImport, RosterLine, Standing
from members.models.enrolments import RESTRICTED_CATEGORIES
from members.roster.cells import pack
from members.roster.headings import Heading
from members.roster.headings import pack as pack_headings
from members.roster.layout import Row
from projects import registry
from projects.actions import void_record
from projects.life.models import Attendance, MakeUp
from projects.models import Discharge, Due, Message, Record, RecordSubject
from projects.outbox.channels import set_channel, test_channel
from projects.outbox.nudging import nudge
from projects.outbox.snoozing import snooze_due
from projects.outbox.write import remind_and_tell
from projects.receipts import note_receipts
from projects.sweep import open_dues, remind
from projects.workflow import Subject
from tests.conftest import TODAY, enrolled, make_cast, make_town
from tests.projects.test_every_project import sample_detail
from tests.scene_papers import from_outside, half_written, with_photo
from xitun.lib.dates import frozen

ROLES = ("anonymous", "secretary", "neighbour", "staff", "director", "admin", "reader", "member", "outsider")
SINCE = date(2025, 5, 20)
OPEN_CATEGORIES = [c for c in Category if c not in RESTRICTED_CATEGORIES]


def build(town, cast, *, restricted=True):
    """The scene; with `restricted=False` without the two restricted categories, until `restrict(scene)`."""
    scene = SimpleNamespace(
        town=town, cast=cast, people={}, enrolments={}, posts={}, proposals={}, transfers={}, records={}, papers={}
    )
    places = (
        ("own", town.huaishuwan, cast.staff),
        ("near", town.liulin, cast.staff),
        ("far", town.foreign, cast.outsider),
    )
    for number, (key, unit, by) in enumerate(places):
        _people(scene, key, unit, by, number)
    cast.member = members_acts.create_user(
        by=None, username="member", password="correct horse", person=scene.people["own", "mobile"]
    )
    members_acts.grant_role(by=None, user=cast.member, role=Role.MEMBER, unit=town.huaishuwan, from_date=SINCE)
    _requests(scene, places)
    scene.setting = members_acts.change_setting(
        by=cast.admin, key="elderly_age", value=66, from_date=date(2027, 1, 1), unit=town.xitun, reason="县里规定"
    )
    secretary = members_acts.create_user(
        by=cast.outsider, username="far", password="correct horse", display_name="远山书记"
    )
    members_acts.grant_role(by=cast.outsider, user=secretary, role=Role.SECRETARY, unit=town.foreign, from_date=SINCE)
    cast.far = secretary
    for key, unit, by in places:
        _papers(scene, key, unit, by)
    _bulk(scene, places)
    _keys(scene)
    _merge(scene)
    for key, unit, by in places:
        _life(scene, key, unit, by)
    open_dues(TODAY)
    _told(scene, places)
    for key, unit, by in places:
        _records(scene, key, unit, by, OPEN_CATEGORIES)
        half_written(scene, key, unit, by)
        taken_back = _record(scene, key, unit, by, *registry.kinds()["joint.follow_up"])
        scene.records[key, "voided"] = void_record(by=by, record=taken_back, reason="写错人")
    from_outside(scene, places)
    scene.places = places
    if restricted:
        restrict(scene)
    return scene


def restrict(scene):
    """Two people of every branch are in the restricted categories now, with all that follows."""
    for key, _unit, by in scene.places:
        for category in RESTRICTED_CATEGORIES:
            _restrict(scene, key, category, by)
    open_dues(TODAY)
    remind(TODAY)
    for key, unit, by in scene.places:
        _records(scene, key, unit, by, RESTRICTED_CATEGORIES)


def _people(scene, key, unit, by, number):
    for row, category in enumerate(Category):
        own = {
            "birth_date": date(1950 + number, 3, 2 + row),
            "joined_on": date(1980, 7, 1),
            "sex": "M",
            "phone": f"199{number}{row}3{number}{row}{number}{row}7{row}"[:11],
            "id_number": _id_number(1950 + number, 2 + row),
            "education": "高中",
            "occupation": "务农",
            "group": "第一党小组",
            "address": "某村某社",
            "ethnicity": "汉族",
            "standing": Standing.ACTIVIST if category == Category.DEVELOPING else Standing.FULL,
        }
        inside = None if category in RESTRICTED_CATEGORIES else category
        person = enrolled(unit, f"某{number}{row}", inside, by=by, since=SINCE, **own)
        scene.people[key, str(category)] = person
        if inside:
            scene.enrolments[key, str(category)] = person.enrolments.get()
    scene.proposals[key] = members_acts.propose_category(
        by=by, person=scene.people[key, "retired"], category=Category.ELDERLY, primary=False, on=TODAY, reason="年满"
    )
    members_acts.propose_exit(by=by, enrolment=scene.enrolments[key, "unemployed"], reason="已任职")
    scene.transfers[key] = members_acts.propose_transfer(
        by=by, person=scene.people[key, "developing"], elsewhere="外县某支部", letter_on=TODAY, reason="随迁"
    )
    for category in ("unemployed", "poor_weak", "in_service"):
        if someone := scene.people.get((key, category)):
            members_acts.note_absence(by=by, person=someone, since=SINCE, place="外县某镇")
    scene.posts[key] = members_acts.hold_post(
        by=by, unit=unit, title="主任", person=scene.people[key, "in_service"], from_date=SINCE, division="分工"
    )


def _id_number(year, day):
    body = f"620000{year}03{day:02}001"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def _papers(scene, key, unit, by):
    """A roster waiting to be confirmed, and traces with words in them."""
    headings = pack_headings([Heading("姓名", "姓名", ["某某"], "name", sheets=[0]), Heading("籍贯", "籍贯", ["某县"])])
    roster = RosterImport.objects.create(
        unit=unit, path=unit.path, uploaded_by=by, file_name="roster.xlsx", on=TODAY, headings=headings
    )
    RosterLine.objects.create(
        roster=roster, number=1, sheet="Sheet1", line=4, outcome="accept", effect="new", unit=unit, name="某某",
        ethnicity="汉族", phone="19987650000", group="一组", education="高中", occupation="务农", address="某社",
        standing="full", category="mobile", about_category="外出", post="文书",
    )  # fmt: skip
    RosterLine.objects.create(
        roster=roster, number=2, sheet="Sheet1", line=5, outcome="reject", name="某乙", reasons=["id_check_character"],
        suggestions={"columns": ["name", "id_number"]},
        raw=pack(Row("Sheet1", 5, {"name": "某乙"}, frozenset(["name"]))),
    )  # fmt: skip
    setattr(scene, f"roster_{key}", roster)
    members_acts.reveal_person(by=by, person=scene.people[key, "elderly"], purpose="核对")
    someone = scene.people[key, "elderly"]
    scene.people[key, "elderly"] = members_acts.correct_person(
        by=by, person=someone, version=someone.version, occupation="退养"
    )


def _requests(scene, places):
    """Somebody of every branch asks for a correction; in the own branch that is the member."""
    for key, _unit, by in places:
        asked = {"column": "other", "wrong": "奖励未登记", "submission_id": uuid.uuid4()}
        asker = scene.cast.member if key == "own" else by
        request = members_acts.ask_correction(by=asker, person=scene.people[key, "mobile"], **asked)
        setattr(scene, f"correction_{key}", request)


def _told(scene, places):
    """A channel of every branch, the messages of the day, a duty that is quiet for a while, a nudge."""
    for key, unit, by in places:
        address = f"{key}@branch.test"
        made = set_channel(by=by, unit=unit, kind="email", address=address, language="en", is_on=True)
        scene.channel = made if key == "own" else scene.channel
    scene.failed_message = test_channel(by=scene.cast.admin, channel=scene.channel)
    Message.objects.filter(pk=scene.failed_message.pk).update(state=Message.State.FAILED)
    remind_and_tell(TODAY)
    own, by = places[0][1], places[0][2]
    dues = Due.objects.open().filter(path=own.path, responsible="secretary", due_on__gt=TODAY).order_by("-pk")
    snooze_due(by=scene.cast.secretary, due=dues[0], until=TODAY + timedelta(days=3), reason="外出学习")
    nudge(by=by, unit=own, due=dues[1])


def _merge(scene):
    """Two files of the own branch were one person."""
    by, unit = scene.cast.staff, scene.town.huaishuwan
    keep, other = (enrolled(unit, "某两份", None, by=by, since=SINCE, birth_date=date(1958, 3, 2)) for _n in "12")
    scene.merge = members_acts.merge_people(by=by, keep=keep, other=other, reason="重复建档")


def _bulk(scene, places):
    """Several of every branch were put into a party group at once."""
    for key, _unit, by in places:
        people = [scene.people[key, str(category)] for category in OPEN_CATEGORIES]
        sent = {"code": "group", "lines": PartyGroup(by).lines(people), "submission_id": uuid.uuid4()}
        who = scene.cast.secretary if key == "own" else by
        setattr(scene, f"bulk_{key}", members_acts.act_on_many(by=who, act=lambda line: None, **sent))
        kept = members_acts.save_filter(by=who, page="/people/", name=f"常用{key}", query="sex=m")
        setattr(scene, f"filter_{key}", kept)


def _keys(scene):
    """What the secretary signs in with: an unspent slip, a remembered device, an API token."""
    user, path = scene.cast.secretary, scene.town.huaishuwan.path
    used, _code = slips.make_slip(by=scene.cast.staff, user=user, path=path)
    scene.device, _text = slips.use_slip(slip=used, user_agent="Firefox", path=path)
    scene.token, scene.token_text = token_of(user)
    _slip, code = slips.make_slip(by=scene.cast.staff, user=user, path=path)
    scene.slip_code = slips.written(code)


def _restrict(scene, key, category, by):
    person = scene.people[key, str(category)]
    scene.enrolments[key, str(category)] = members_acts.carry_over_category(
        by=by, person=person, category=category, on=SINCE, reason="原有名册"
    )
    person.refresh_from_db()


def _records(scene, key, unit, by, categories):
    """One record of every kind; each settles nothing but the first that may, so that dues of every state are there."""
    for project in registry.all_projects():
        if project.category not in categories:
            continue
        for kind in project.kinds:
            scene.records[key, f"{project.code}.{kind.code}"] = _record(scene, key, unit, by, project, kind)
    if push := scene.records.get((key, "joint.learning_push")):
        note_receipts(
            by=by, record=push, people=push.subjects.values_list("person", flat=True), answer="read", on=TODAY
        )
    due = Due.objects.filter(path=unit.path, category__in=categories, enrolment__isnull=False).order_by("pk").first()
    for code in ("joint.follow_up", "key.talk"):
        if (record := scene.records.get((key, code))) and (key, code) not in scene.papers:
            scene.papers[key, code] = with_photo(record, by)
    if due:
        duty = registry.duties()[due.duty][1]
        record = scene.records[key, f"{due.duty.split('.')[0]}.{duty.kinds[0]}"]
        Discharge.objects.create(due=due, record=record, by=by, at=timezone.now())


def _life(scene, key, unit, by):
    """A record of every kind of organisational life: a meeting that somebody missed, and its make-up."""
    project, someone = registry.project("life"), scene.people[key, "mobile"]
    for kind in project.kinds:
        record = scene.records[key, f"life.{kind.code}"] = _record(scene, key, unit, by, project, kind)
        if kind.people:
            RecordSubject.objects.create(record=record, person=someone)
        if kind.model == "Meeting":
            Attendance.objects.create(record=record, person=someone, state="leave", why="away", note="在外")
        if kind.rows:
            Attendance.objects.create(record=record, person=scene.people[key, "elderly"], state="present", hours=2)
    meeting = scene.records[key, "life.theme_day"]
    MakeUp.objects.filter(record=scene.records[key, "life.make_up"]).update(meeting=meeting)


def _record(scene, key, unit, by, project, kind):
    code = f"{project.code}.{kind.code}"
    enrolment = scene.enrolments.get((key, str(project.category))) if kind.subject is Subject.ENROLMENT else None
    record = Record.objects.create(
        submission_id=uuid.uuid4(), kind=code, unit=unit, path=unit.path, happened_on=TODAY, entered_at=timezone.now(),
        author=by, narrative="已办理", restricted=project.restricted,
        post=scene.posts[key] if kind.subject is Subject.POST else None,
    )  # fmt: skip
    if enrolment:
        RecordSubject.objects.create(record=record, person_id=enrolment.person_id, enrolment=enrolment)
    if model := registry.detail_model(code):
        model.objects.create(record=record, **sample_detail(project, kind))
    return record


def user_of(scene, role):
    return None if role == "anonymous" else getattr(scene.cast, role)


def token_of(user):
    """(row, plain text) of a fresh personal API token."""
    return issue_token(by=user, name="token")


@contextmanager
def standing(*, restricted=True):
    """The scene in a transaction of its own, for a whole module of tests; gone afterwards."""
    with frozen(TODAY), transaction.atomic():
        town = make_town()
        yield build(town, make_cast(town), restricted=restricted)
        transaction.set_rollback(True)


@contextmanager
def undone(client=None):
    """What happens inside is rolled back; the client keeps its cookies, so that no answer signs it out."""
    cookies = client.cookies.copy() if client else None
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    if client:
        client.cookies = cookies


def sign_in(user):
    """A test client of this user (None: nobody); a 500 is an answer, not an exception."""
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def thing(scene, word):
    """What a word of authz.yml stands for: `=text` is the text, `none` a key nothing has, else an object of the
    secretary's branch (`person` is also the member's own file)."""
    due = Due.objects.open().filter(person=scene.people["own", "mobile"]).order_by("pk")
    things = {
        "none": lambda: 987654321,
        "person": lambda: scene.people["own", "mobile"].pk,
        "standing_row": lambda: scene.people["own", "mobile"].standings.get(superseded_at=None).pk,
        "enrolment": lambda: scene.enrolments["own", "mobile"].pk,
        "restricted_enrolment": lambda: scene.enrolments["own", "poor_weak"].pk,
        "exit": lambda: scene.enrolments["own", "unemployed"].pk,
        "proposal": lambda: scene.proposals["own"].pk,
        "transfer": lambda: scene.transfers["own"].pk,
        "post": lambda: scene.posts["own"].pk,
        "merge": lambda: scene.merge.pk,
        "bulk": lambda: scene.bulk_own.pk,
        "correction": lambda: scene.correction_own.pk,
        "due": lambda: due[0].pk,
        "record": lambda: scene.records["own", "joint.follow_up"].pk,
        "receipt": lambda: scene.records["own", "joint.learning_push"].receipts.get().pk,
        "restricted_record": lambda: scene.records["own", "key.talk"].pk,
        "filter": lambda: scene.filter_own.pk,
        "draft": lambda: scene.draft_own.pk,
        "voided_record": lambda: scene.records["own", "voided"].pk,
        "paper": lambda: scene.papers["own", "joint.follow_up"].pk,
        "restricted_paper": lambda: scene.papers["own", "key.talk"].pk,
        "unit": lambda: scene.town.huaishuwan.pk,
        "town": lambda: scene.town.xitun.pk,
        "channel": lambda: scene.channel.pk,
        "failed_message": lambda: scene.failed_message.pk,
        "unit_id": lambda: scene.town.huaishuwan.pk,
        "user": lambda: scene.cast.secretary.pk,
        "grant": lambda: scene.cast.secretary.grants.get().pk,
        "roster": lambda: scene.roster_own.pk,
        "none_uuid": lambda: uuid.UUID(int=7),
        "setting": lambda: scene.setting.pk,
        "token": lambda: scene.token.pk,
        "device": lambda: scene.device.pk,
        "slip": lambda: scene.slip_code,
        "old_ledger": lambda: scene.old_ledger.pk,
        "host_link": lambda: scene.host_link.pk,
        "host_token": lambda: scene.host_token,
        "secret": lambda: "x" * 43,
    }
    return word[1:] if isinstance(word, str) and word.startswith("=") else things[word]()

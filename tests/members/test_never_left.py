"""A death entered for the wrong one of two of a name: everything goes on, and what was believed stays known."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from assessments.report import build_report
from members import actions
from members.actions.staying import leaving
from members.models import AuditRow, Category, Cause, Enrolment, PostHolding, Role, Standing, Status, Transfer
from members.roll import PastRoll
from projects.actions import save_record, void_record, waive_due
from projects.models import Due, PeriodLock
from projects.past import Past
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import entry, follow_up, state_of
from xitun.lib.dates import Quarter

pytestmark = pytest.mark.usefixtures("in_english")

SINCE, DIED, ENTERED = date(2025, 5, 20), date(2026, 9, 16), date(2026, 9, 18)
SECOND = {"start": date(2026, 4, 1), "end": date(2026, 7, 1)}
WHY = "同名，死者是另一人"


@pytest.fixture
def person(town, cast, on_day):
    """Of the mobile, in force since 2025, as it was entered then."""
    return on_day(SINCE, lambda: enrolled(town.huaishuwan, "张建国", Category.MOBILE, by=cast.staff))


@pytest.fixture
def die(cast, on_day):
    def act(person, on=DIED, entered=ENTERED):
        on_day(entered, lambda: actions.record_death(by=cast.staff, person=person, on=on))
        person.refresh_from_db()
        return person

    return act


@pytest.fixture
def put_back(cast, on_day):
    def act(person, by=cast.staff, **more):
        person = on_day(TODAY, lambda: actions.never_left(by=by, person=person, reason=WHY, **more))
        person.refresh_from_db()
        return person

    return act


def held(rows):
    return list(rows.filter(superseded_at=None).order_by("from_date", "pk").values_list("from_date", "to_date"))


def test_it_puts_back_standing_and_category(cast, person, die, put_back):
    die(person)
    person = put_back(person)
    assert (person.standing, person.category) == (Standing.FULL, Category.MOBILE)
    assert held(person.standings) == [(SINCE, None)]
    row = person.enrolments.get(superseded_at=None)
    assert (row.status, row.to_date, row.decided_by) == (Status.ACTIVE, None, cast.staff)
    assert row.decision_reason == Cause.NOT_LEFT
    trace = AuditRow.objects.get(act="never_left")
    assert (trace.person, trace.actor, trace.purpose, trace.path) == (person, cast.staff, WHY, person.path)
    assert trace.detail == {"standing": "full", "on": str(DIED)}


def test_that_the_death_was_believed_stays_known(cast, person, die, put_back, town):
    actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="村文书", person=person, from_date=SINCE)
    PostHolding.objects.update(recorded_at="2025-05-20T04:00:00Z")
    die(person)
    put_back(person)

    def known(moment):
        roll = PastRoll(date(2026, 9, 17), moment)
        stood = roll.standings_of([person.pk])[person.pk]
        posts = roll.posts_among(PostHolding.objects.filter(person=person))
        rows = roll.enrolments(cast.staff).filter(person=person)
        return stood, rows.count(), posts.count()

    assert known(None) == known(TODAY) == ("full", 1, 1)
    assert known(ENTERED) == known(date(2026, 9, 20)) == ("former", 0, 0)
    assert known(date(2026, 9, 17)) == ("full", 1, 1)


def test_it_owes_again_what_the_death_closed(cast, person, die, put_back, on_day):
    on_day(date(2026, 9, 1), lambda: open_dues(date(2026, 9, 1)))
    owed = set(Due.objects.open().filter(person=person).values_list("pk", flat=True))
    die(person)
    assert not Due.objects.open().filter(person=person).exists()
    put_back(person)
    assert set(Due.objects.open().filter(person=person).values_list("pk", flat=True)) == owed
    due = Due.objects.get(person=person, duty="joint.follow_up")
    save_record(by=cast.secretary, entry=follow_up(person.enrolments.get(superseded_at=None), dues=(due,)))
    assert state_of(due) == "on_time"


def test_what_was_owed_is_known_as_it_was_believed(cast, person, die, put_back, on_day):
    on_day(date(2026, 9, 1), lambda: open_dues(date(2026, 9, 1)))
    die(person)
    put_back(person)
    due = Due.objects.filter(person=person, duty="joint.follow_up")
    day = date(2026, 9, 17)
    assert [Past(day, known).stated(due).get().state for known in (None, TODAY, ENTERED, day)] == [
        "open", "open", "closed", "open",
    ]  # fmt: skip


def test_what_was_let_off_or_sealed_stays_so(cast, town, person, die, put_back, on_day):
    on_day(date(2026, 6, 20), lambda: open_dues(date(2026, 6, 20)))
    on_day(date(2026, 9, 1), lambda: open_dues(date(2026, 9, 1)))
    off = Due.objects.get(person=person, duty="joint.follow_up", occasion="2026Q3")
    waive_due(by=cast.staff, due=off, reason="住院")
    die(person)
    on_day(date(2026, 9, 19), lambda: PeriodLock.objects.create(unit=town.xitun, **SECOND))
    before = list(Due.objects.filter(person=person, due_on__lt=date(2026, 7, 1)).order_by("pk").values())
    assert before
    put_back(person)
    assert list(Due.objects.filter(person=person, due_on__lt=date(2026, 7, 1)).order_by("pk").values()) == before
    off.refresh_from_db()
    assert off.closed_why == "住院"


def test_what_was_sealed_as_open_before_the_death_is_open_again(town, person, die, put_back, on_day):
    """The seal had counted it as owed, and so it is."""
    on_day(date(2026, 6, 20), lambda: open_dues(date(2026, 6, 20)))
    on_day(date(2026, 7, 10), lambda: PeriodLock.objects.create(unit=town.xitun, **SECOND))
    sealed = numbers(town)
    die(person)
    assert numbers(town) != sealed
    put_back(person)
    assert numbers(town) == sealed


def numbers(town):
    report = build_report(Quarter(2026, 2), unit=town.xitun)
    return next(section.total.duties for section in report.sections if section.project.code == "joint")


@pytest.fixture
def elder(town, cast, on_day):
    return on_day(SINCE, lambda: enrolled(town.huaishuwan, "赵德福", Category.ELDERLY, by=cast.staff))


def condolence(elder):
    return Due.objects.get(person=elder, duty="transmission_help.condolence_death")


def test_the_condolence_was_owed_on_no_day(cast, elder, die, put_back):
    die(elder)
    due = condolence(elder)
    put_back(elder)
    due.refresh_from_db()
    assert (due.closed_on, due.closed_why) == (due.opens_on, Cause.NOT_LEFT)
    assert Past(date(2026, 9, 17), ENTERED).stated(Due.objects.filter(pk=due.pk)).get().state == "open"


def test_one_that_was_paid_is_not_owed_when_that_is_taken_back(cast, elder, die, put_back):
    die(elder)
    due, detail = condolence(elder), {"place": "家", "needs": "", "brought": ""}
    row = elder.enrolments.get()
    paid = entry("transmission_help.family_condolence", row, dues=(due,), detail=detail, happened_on=ENTERED)
    record = save_record(by=cast.secretary, entry=paid)
    put_back(elder)
    assert state_of(due) == "on_time"
    void_record(by=cast.secretary, record=record, reason="误录")
    assert state_of(due) == "closed"


def test_the_death_to_come_makes_a_condolence_of_its_own(cast, elder, die, put_back):
    die(elder)
    elder = put_back(elder)
    actions.record_death(by=cast.staff, person=elder, on=TODAY)
    assert [due.opens_on for due in Due.objects.open().filter(person=elder)] == [TODAY]
    assert Due.objects.filter(person=elder, duty="transmission_help.condolence_death").count() == 2
    elder = put_back(elder)
    assert not Due.objects.open().filter(person=elder, duty="transmission_help.condolence_death").exists()
    assert held(elder.standings) == [(SINCE, None)]


def test_it_puts_back_posts_but_not_one_left_that_very_day(cast, town, person, die, put_back, on_day):
    posts = [
        on_day(SINCE, lambda t=title: actions.hold_post(
            by=cast.staff, unit=town.huaishuwan, title=t, person=person, from_date=SINCE
        ))
        for title in ("村文书", "治保主任")
    ]  # fmt: skip
    on_day(date(2026, 9, 1), lambda: open_dues(date(2026, 9, 1)))
    owed = set(Due.objects.open().filter(post=posts[0]).values_list("pk", flat=True))
    on_day(DIED, lambda: actions.leave_post(by=cast.staff, holding=posts[1], on=DIED, reason="届满"))
    die(person)
    put_back(person)
    for post in posts:
        post.refresh_from_db()
    assert [post.to_date for post in posts] == [None, DIED]
    assert set(Due.objects.open().filter(post=posts[0]).values_list("pk", flat=True)) == owed
    assert not Due.objects.open().filter(post=posts[1]).exists()


def test_it_puts_back_the_absence(cast, town, die, put_back):
    someone = enrolled(town.huaishuwan, "李四", None, by=cast.staff)
    actions.note_absence(by=cast.secretary, person=someone, since=date(2026, 8, 3), place="西安")
    die(someone)
    put_back(someone)
    assert held(someone.absences) == [(date(2026, 8, 3), None)]
    assert someone.absences.exclude(superseded_at=None).get().to_date == DIED


def test_who_had_come_back_before_is_not_away(cast, town, die, put_back):
    someone = enrolled(town.huaishuwan, "李四", None, by=cast.staff)
    actions.note_absence(by=cast.secretary, person=someone, since=date(2026, 8, 3), place="西安")
    actions.note_return(by=cast.secretary, person=someone, on=DIED)
    die(someone)
    put_back(someone)
    assert held(someone.absences) == [(date(2026, 8, 3), DIED)]


def test_what_was_proposed_and_on_its_way_waits_again(cast, town, person, die, put_back):
    row = actions.propose_category(
        by=cast.secretary, person=person, category=Category.ELDERLY, primary=False, on=TODAY, reason="年满"
    )
    sent = actions.propose_transfer(by=cast.secretary, person=person, unit=town.liulin, letter_on=TODAY, reason="随迁")
    die(person)
    put_back(person)
    row.refresh_from_db()
    sent.refresh_from_db()
    assert (row.status, row.decision_reason, sent.state, sent.settled_at) == (
        Status.PROPOSED, "", Transfer.State.WAITING, None,
    )  # fmt: skip
    actions.receive_transfer(by=cast.staff, transfer=sent, on=TODAY)
    person.refresh_from_db()
    assert person.unit == town.liulin


def test_a_day_of_death_that_was_put_right_meanwhile_hinders_nothing(cast, town, person, die, put_back):
    die(person)
    for day in (date(2026, 9, 10), date(2026, 9, 17)):
        actions.correct_standing(by=cast.staff, row=leaving(person), from_date=day, reason="死亡证明")
    person = put_back(person)
    assert held(person.standings) == held(person.enrolments) == [(SINCE, None)]


@pytest.mark.parametrize("corrected", [None, date(2026, 9, 10), date(2026, 9, 18)])
def test_a_standing_that_began_on_the_day_of_death_begins_then_again(cast, person, die, put_back, corrected):
    actions.change_standing(by=cast.staff, person=person, standing=Standing.PROBATIONARY, on=DIED)
    die(person)
    if corrected:
        actions.correct_standing(by=cast.staff, row=leaving(person), from_date=corrected, reason="死亡证明")
    person = put_back(person)
    assert person.standing == Standing.PROBATIONARY
    assert held(person.standings) == [(SINCE, DIED), (DIED, None)]


def test_a_category_that_was_put_right_to_end_before_stays_ended(cast, person, die, put_back):
    die(person)
    row = person.enrolments.get()
    actions.correct_stay(by=cast.staff, row=row, from_date=SINCE, to_date=date(2026, 9, 1), reason="返乡")
    person = put_back(person)
    assert (person.category, held(person.enrolments)) == ("", [(SINCE, date(2026, 9, 1))])


def test_who_stood_in_a_branch_that_has_ended_goes_on_in_its_successor(cast, town, person, die, put_back, on_day):
    on_day(date(2026, 9, 1), lambda: open_dues(date(2026, 9, 1)))
    post = actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="村文书", person=person, from_date=SINCE)
    die(person)
    ended = date(2026, 9, 19)
    actions.end_unit(by=cast.admin, unit=town.huaishuwan, on=ended, successors=[town.liulin], reason="撤村并组")
    person = put_back(person)
    assert (person.unit, person.category) == (town.liulin, Category.MOBILE)
    assert held(person.memberships) == [(SINCE, ended), (ended, None)]
    assert held(person.enrolments) == [(SINCE, ended), (ended, None)]
    post.refresh_from_db()
    assert post.to_date == ended
    assert not Due.objects.open().filter(person=person, path=town.huaishuwan.path).exists()


def test_of_several_successors_one_is_chosen(cast, town, person, die, put_back):
    third = actions.create_unit(by=None, kind="branch", name="河口村党支部", parent=town.xitun)
    die(person)
    actions.end_unit(by=cast.admin, unit=town.huaishuwan, on=TODAY, successors=[town.liulin, third], reason="撤村并组")
    for unit in (None, town.foreign):
        with pytest.raises(ValidationError) as refused:
            put_back(person, unit=unit)
        assert list(refused.value.message_dict) == ["unit"]
    assert put_back(person, unit=third).unit == third


def test_a_receipt_entered_for_the_wrong_person_leaves_the_letter_on_its_way(cast, person, on_day, put_back):
    sent = actions.propose_transfer(
        by=cast.secretary, person=person, elsewhere="外县某支部", letter_on=date(2026, 9, 1), reason="随迁"
    )
    on_day(ENTERED, lambda: actions.receive_transfer(by=cast.staff, transfer=sent, on=DIED))
    person = put_back(person)
    sent.refresh_from_db()
    assert (sent.state, sent.settled_on) == (Transfer.State.WAITING, None)
    assert (person.standing, person.category) == (Standing.FULL, Category.MOBILE)


def test_it_refuses_without_a_reason_and_who_stands_on_a_roll(cast, person, die, put_back):
    with pytest.raises(ValidationError, match="stands on a roll"):
        put_back(person)
    die(person)
    with pytest.raises(ValidationError, match="Give the reason"):
        actions.never_left(by=cast.staff, person=person, reason=" ")
    assert Enrolment.objects.live().count() == 0


def test_a_restricted_category_goes_on_as_it_was(cast, town, die, put_back):
    helped = enrolled(town.huaishuwan, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    case = enrolled(town.huaishuwan, "周某", Category.BACKWARD, by=cast.staff)
    for someone in (helped, case):
        open_dues(TODAY)
        owed = Due.objects.open().filter(person=someone).count()
        die(someone, on=TODAY, entered=TODAY)
        someone = put_back(someone)
        row = Enrolment.objects.visible_to(cast.secretary).without_closed_cases().get(person=someone, status="active")
        assert (row.restricted, row.carried_over) == (True, True)
        assert Due.objects.open().visible_to(cast.secretary).filter(person=someone).count() == owed


def test_account_and_roles_are_given_anew_by_an_administrator(cast, town, person, die, put_back):
    """That somebody may act or look is never put back by itself."""
    member = actions.create_user(by=None, username="member", person=person)
    actions.grant_role(by=None, user=member, role=Role.MEMBER, unit=town.huaishuwan, from_date=SINCE)
    die(person)
    put_back(person)
    member.refresh_from_db()
    assert member.grants.get().to_date is not None
    assert not member.is_active


def test_it_puts_back_the_posts_that_ended_with_a_transfer_out(cast, town, person, put_back, on_day):
    post = on_day(SINCE, lambda: actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="文书", person=person))
    on_day(DIED, lambda: open_dues(DIED))
    owed = set(Due.objects.open().filter(post=post).values_list("pk", flat=True))
    letter = {"elsewhere": "外县某支部", "letter_on": date(2026, 9, 1)}
    sent = actions.propose_transfer(by=cast.secretary, person=person, **letter)
    on_day(ENTERED, lambda: actions.receive_transfer(by=cast.secretary, transfer=sent, on=DIED))
    post.refresh_from_db()
    assert (post.to_date, set(Due.objects.open().filter(post=post))) == (DIED, set())
    put_back(person)
    post.refresh_from_db()
    assert post.to_date is None
    assert owed == set(Due.objects.open().filter(post=post).values_list("pk", flat=True)) != set()


def test_of_a_decision_it_puts_back_only_the_posts_that_were_left_with_it(cast, town, person, put_back, on_day):
    posts = [
        actions.hold_post(by=cast.staff, unit=town.huaishuwan, title=title, person=person, from_date=SINCE)
        for title in ("党支部副书记", "村委会主任")
    ]
    paper = {"reason": "另有其人", "document": "西组发〔2026〕12号", "document_on": DIED}
    on_day(ENTERED, lambda: actions.remove_from_roll(
        by=cast.staff, person=person, cause=Cause.EXPELLED, on=DIED, posts=posts[:1], **paper
    ))  # fmt: skip
    actions.leave_post(by=cast.staff, holding=posts[1], on=DIED)
    person = put_back(person)
    ends = [PostHolding.objects.get(pk=post.pk).to_date for post in posts]
    assert (person.standing, person.category, ends) == (Standing.FULL, Category.MOBILE, [None, DIED])

"""Whatever happens to people, in whatever order: one branch, one standing and at most one primary category at any
moment, no overlap, today's columns as the dated rows have them, and what was shown once can be shown again."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from members.actions.staying import heirs
from members.models import Category, Enrolment, Person, PostHolding, Standing, StandingRow, Status
from members.models.enrolments import LIVE, RESTRICTED_CATEGORIES

from .life import TownLife, back, hold, which

OPEN = [category for category in Category if category not in RESTRICTED_CATEGORIES]


class Life(TownLife):
    """People come, move, rise, die, change category and post, and branches end."""

    @rule(number=which, days=back, standing=st.sampled_from(Standing.values))
    def register(self, number, days, standing):
        unit = self.one(self.branches(), number)
        self.act("register_person", unit=unit, name="某甲", standing=standing, on=self.dated(days))

    @rule(number=which, name=st.sampled_from(["某乙", "单某", "某丙"]))
    def correct(self, number, name):
        person = self.one(Person.objects, number)
        self.act("correct_person", person=person, version=person.version, name=name)

    @rule(number=which, to=which, days=back)
    def transfer(self, number, to, days):
        person, unit = self.one(Person.objects, number), self.one(self.branches(), to)
        self.act("transfer_person", person=person, unit=unit, on=self.dated(days), reason="随迁")

    @rule(number=which, days=back, standing=st.sampled_from(Standing.values))
    def change_standing(self, number, days, standing):
        person = self.one(Person.objects, number)
        self.act("change_standing", person=person, standing=standing, on=self.dated(days), reason="变更")

    @rule(number=which, days=back)
    def die(self, number, days):
        self.act("record_death", person=self.one(Person.objects, number), on=self.dated(days))

    @rule(number=which, days=back)
    def die_on_another_day(self, number, days):
        if row := self.one(StandingRow.objects.filter(standing=Standing.FORMER, superseded_at=None), number):
            self.act("correct_standing", row=row, from_date=self.dated(days), reason="证明")

    @rule(number=which, to=which)
    def turn_out_to_live(self, number, to):
        if person := self.one(Person.objects.filter(standing=Standing.FORMER), number):
            self.act("never_left", person=person, unit=self.one(heirs(person), to), reason="误登")

    @rule(number=which, days=back, category=st.sampled_from(OPEN), primary=st.booleans())
    def propose(self, number, days, category, primary):
        given = {"category": category, "primary": primary, "on": self.dated(days), "reason": "名册"}
        self.act("propose_category", person=self.one(Person.objects, number), **given)

    @rule(number=which, days=back, category=st.sampled_from(OPEN[:3]), primary=st.booleans())
    def place(self, number, days, category, primary):
        """Proposed and confirmed at once, so that much happens to few."""
        person = self.one(Person.objects, number)
        self.propose(number=number, days=days, category=category, primary=primary)
        if row := Enrolment.objects.filter(person=person, category=category, status=Status.PROPOSED).first():
            self.act("confirm_category", enrolment=row)

    @rule(number=which, days=back, category=st.sampled_from(RESTRICTED_CATEGORIES))
    def carry_over(self, number, days, category):
        given = {"category": category, "on": self.dated(days), "reason": "名册"}
        self.act("carry_over_category", person=self.one(Person.objects, number), **given)

    @rule(number=which, name=st.sampled_from(["confirm_category", "confirm_category", "return_category"]))
    def decide(self, number, name):
        if row := self.one(Enrolment.objects.filter(status=Status.PROPOSED), number):
            self.act(name, enrolment=row, reason="研究")

    @rule(number=which, name=st.sampled_from(["propose_exit", "decline_exit"]))
    def ask_to_let_go(self, number, name):
        if row := self.one(Enrolment.objects.filter(status__in=LIVE), number):
            self.act(name, enrolment=row, reason="变化")

    @rule(number=which, days=back, again=back)
    def end_and_begin_again(self, number, days, again):
        if row := self.one(Enrolment.objects.filter(status__in=LIVE), number):
            self.act("end_category", enrolment=row, on=self.dated(days), reason="变化")
            given = {"category": row.category, "primary": row.primary, "on": self.dated(again), "reason": "又起"}
            self.act("propose_category", person=row.person, **given)

    @rule(number=which, days=back)
    def hold_post(self, number, days):
        person = self.one(Person.objects, number)
        self.act("hold_post", unit=person.unit, title="文书", person=person, from_date=self.dated(days))

    @rule(number=which, days=back)
    def leave_post(self, number, days):
        if holding := self.one(PostHolding.objects.filter(to_date=None), number):
            self.act("leave_post", holding=holding, on=self.dated(days))

    @rule(number=which, days=back, several=st.booleans())
    def end_unit(self, number, days, several):
        self.end_a_unit(number, days, several)


@pytest.mark.django_db
def test_it_holds_after_any_sequence_of_acts():
    hold(Life, max_examples=8, stateful_step_count=30)

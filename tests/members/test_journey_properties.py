"""The same of the acts that reach further: transfers on their way, homecomings, probation, another name or number, two
files that become one and are taken apart again, branches that end meanwhile."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from members import actions
from members.models import Category, Enrolment, Merge, Person, Role, Standing, Status, Transfer
from members.models.enrolments import LIVE
from tests.members.test_merge_people import digest
from tests.members.views.test_person_new import id_number

from .life import TownLife, back, hold, which

names = st.sampled_from(["某乙", "单某", "某丙"])


class Journey(TownLife):
    """Each new person has an own number and a sign-in; `before`: {merge: (the two people, what stood before)}."""

    def arrive(self, unit, days, **said):
        self.numbers = getattr(self, "numbers", 0) + 1
        number = id_number(order=f"{self.numbers:03}")
        person = self.act("register_person", unit=unit, name="某甲", id_number=number, on=self.dated(days), **said)
        if person and self.numbers % 3 == 0:
            user = actions.create_user(by=None, username=f"own{person.pk}", person=person)
            actions.grant_role(by=None, user=user, role=Role.MEMBER, unit=unit, from_date=self.dated(days))

    def person(self, number):
        return self.one(Person.objects, number)

    @rule(number=which, days=back, letter=back)
    def transfer_in(self, number, days, letter):
        arrived = {"came_from": "外县某支部", "letter_on": self.dated(days + letter)}
        self.arrive(self.one(self.branches(), number), days, **arrived)

    @rule(number=which, days=back, joined=st.integers(300, 700))
    def begin_probation(self, number, days, joined):
        said = {"standing": Standing.PROBATIONARY, "joined_on": self.dated(joined)}
        self.arrive(self.one(self.branches(), number), days, **said)

    @rule(number=which, days=back, extended=st.booleans())
    def end_probation(self, number, days, extended):
        if person := self.one(Person.objects.filter(standing=Standing.PROBATIONARY), number):
            if extended:
                self.act("extend_probation", person=person, decided_on=self.dated(days), months=6, reason="培养")
            else:
                self.act("convert_member", person=person, decided_on=self.dated(days))

    @rule(number=which, to=which, days=back, answer=st.sampled_from(["", "receive", "decline", "withdraw"]))
    def propose_transfer(self, number, to, days, answer):
        person = self.one(Person.objects.on_roll(), number)
        if not person:
            return
        unit = self.one(self.branches().exclude(pk=person.unit_id), to)
        where = {"unit": unit} if to % 4 else {"elsewhere": "外县某支部"}
        self.act("propose_transfer", person=person, letter_on=self.dated(days), reason="随迁", **where)
        if answer:
            self.answer_transfer(number=-1, days=0, name=answer)

    @rule(number=which, days=back, name=st.sampled_from(["receive", "decline", "withdraw"]))
    def answer_transfer(self, number, days, name):
        if row := self.one(Transfer.objects.waiting(), number):
            said = {"on": self.dated(days)} if name == "receive" else {"reason": "材料不全"}
            self.act(f"{name}_transfer", transfer=row, **said)

    @rule(number=which, to=which, days=back)
    def transfer(self, number, to, days):
        person = self.person(number)
        unit = self.one(self.branches().exclude(pk=person.unit_id), to)
        self.act("transfer_person", person=person, unit=unit, on=self.dated(days), reason="随迁")

    @rule(number=which, days=back, dies=st.booleans())
    def leave(self, number, days, dies):
        person, on = self.person(number), self.dated(days)
        if dies and number == 0:
            self.act("record_death", person=person, on=on)
        else:
            self.act("change_standing", person=person, standing=Standing.FORMER, on=on, reason="退党")

    @rule(number=which, to=which, days=back, standing=st.sampled_from([Standing.FULL, Standing.PROBATIONARY]))
    def return_to_roll(self, number, to, days, standing):
        if person := self.one(Person.objects.filter(standing=Standing.FORMER), number):
            unit = self.one(self.branches(), to)
            self.act("return_to_roll", person=person, unit=unit, standing=standing, on=self.dated(days))

    @rule(number=which, days=back, category=st.sampled_from(["mobile", "retired", "elderly"]), primary=st.booleans())
    def place(self, number, days, category, primary):
        person, said = self.person(number), {"category": category, "primary": primary, "on": self.dated(days)}
        self.act("propose_category", person=person, reason="名册", **said)
        row = Enrolment.objects.filter(person=person, category=category, status=Status.PROPOSED).first()
        if row and number % 4:
            self.act("confirm_category", enrolment=row)

    @rule(number=which, days=back, category=st.sampled_from(["", "retired"]))
    def come_home(self, number, days, category):
        if row := self.one(Enrolment.objects.filter(category=Category.MOBILE, status__in=LIVE), number):
            self.act("come_home", enrolment=row, on=self.dated(days), reason="返乡", category=category)

    @rule(number=which, days=back, returns=st.booleans())
    def go_away(self, number, days, returns):
        person = self.person(number)
        self.act("note_absence", person=person, since=self.dated(days), place="外县")
        if returns:
            self.act("note_return", person=person, on=self.dated(days))

    @rule(number=which, days=back, name=names, changed=st.sampled_from(["name", "id_number", "both"]))
    def change_identity(self, number, days, name, changed):
        new = {"name": name, "id_number": id_number("19690808", order=f"{self.day.toordinal() % 997 + 1:03}")}
        new = new if changed == "both" else {changed: new[changed]}
        said = {"on": self.dated(days), "evidence": "police", "reason": "更正"}
        self.act("change_identity", person=self.person(number), **said, **new)

    @rule(number=which, other=which, side=st.sampled_from(["keep", "other"]), undo=st.booleans())
    def merge(self, number, other, side, undo):
        keep = self.person(number)
        other = self.one(Person.objects.exclude(pk=keep.pk), other)
        if not other:
            return
        columns = dict.fromkeys(("name", "id_number", "birth_date", "sex"), side)
        before = digest(keep, other)
        merge = self.act("merge_people", keep=keep, other=other, choices=columns, reason="同一人")
        if merge:
            self.before = {**getattr(self, "before", {}), merge.pk: ((keep, other), before)}
            if undo:
                self.undo_merge(number=0)

    @rule(number=which)
    def undo_merge(self, number):
        """Of the last merges, one that nobody has worked on since; what stood before stands again."""
        if row := self.one(Merge.objects.filter(undone_at=None), -1 - number % 2):
            people, before = self.before[row.pk]
            if self.act("undo_merge", merge=row):
                assert digest(*people) == before

    @rule(number=which, days=back, several=st.booleans())
    def end_unit(self, number, days, several):
        if number % 3 == 0:  # it is heavy
            self.end_a_unit(number, days, several)


@pytest.mark.django_db
def test_it_holds_after_any_sequence_of_acts():
    hold(Journey, max_examples=7, stateful_step_count=40)

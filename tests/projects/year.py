"""A year of two villages with members who live away, day by day, with whatever goes wrong on an office PC: it is off
for days, its night's work dies half way, two beats ask for it, its clock goes back, forms are sent twice, saving fails
in the middle, servers refuse messages, workers die after sending.

Beside it a ledger kept in plain Python, by the words of DOMAIN 2.3 and from nothing but what the hands did: what is
owed, done, closed, of what somebody was to be reminded. `differences()` compares the two.
"""

import uuid
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from unittest.mock import patch

from django.db import transaction

from members import actions as members_acts
from members.models import Category, Person
from projects import actions, registry, tasks
from projects.amending import amend_record
from projects.bin import restore_record
from projects.models import Channel, Due, Record, Reminder
from projects.outbox import channels, deliver, senders
from projects.sweep import open_dues
from tests.conftest import enrolled
from xitun.lib.dates import SHANGHAI, Half, Month, Quarter, Year, frozen, today

FIRST, LAST = date(2026, 1, 5), date(2026, 12, 31)
SPRING_FESTIVAL = date(2026, 2, 17)
PERIODIC = {"follow_up": Quarter, "learning": Month, "host_liaison": Half, "family_visit": Half, "certificate": Year}
SETTLES = {
    "follow_up": ("follow_up",), "learning_push": ("learning",), "host_liaison": ("host_liaison",),
    "family_visit": ("family_visit", "festival_visit"), "certificate_check": ("certificate",),
    "promise_kept": ("promise", "family_promise"), "search": ("search",), "briefing": ("briefing",),
}  # fmt: skip
DETAILS = {
    "follow_up": {"method": "phone", "reached": True, "promised": ""},
    "host_liaison": {"method": "phone", "reached": True},
    "family_visit": {"children": 1, "promised": ""},
    "certificate_check": {"result": "in_order"},
    "promise_kept": {"done": "已办"},
    "search": {"asked_family": True, "result": "clue"},
    "briefing": {"rights": True},
    "learning_push": {"channel": "group", "title": "学习资料"},
}


class PowerCut(BaseException):
    """Nothing catches it: the process is gone."""


@dataclass
class Stay:
    """One enrolment among the mobile, [begins, ends)."""

    row: object
    begins: date
    ends: date | None = None

    def on(self, day):
        return self.begins <= day and (self.ends is None or day < self.ends)


@dataclass
class Owed:
    """A due as the plain ledger has it. `done`: the record that settled it; `record`: the one that made it."""

    duty: str
    stay: Stay
    occasion: str
    due_on: date
    record: object = None
    done: object = None
    closed: bool = False
    stages: set = field(default_factory=set)

    @property
    def key(self):
        return f"joint.{self.duty}", self.stay.row.pk, self.occasion

    @property
    def open(self):
        return not self.done and not self.closed


class Life:
    """`run()` lives the year; `differences()` is empty when the house and the plain ledger agree."""

    def __init__(self, town, cast, seed):
        self.town, self.cast, self.random = town, cast, Random(seed)
        self.stays, self.owed, self.records, self.told = {}, [], [], Counter()  # told: by channel and day
        self.deaths_after_sending, self.nights = 0, []
        with self.at(FIRST):
            self._settle_in()

    # --- the days

    def run(self):
        """The other rooms are left out of the nights, for the time they cost."""
        joint = {code: found for code, found in registry.duties().items() if code.startswith("joint.")}
        with patch("projects.sweep.duties", lambda: joint):
            self._live()

    def _live(self):
        day = FIRST
        while day <= LAST:
            if self.random.random() < 0.22 or day == LAST:  # an office PC is not on every day
                with self.at(day):
                    self._night(day)
                with self.at(day, hour=11):
                    for _turn in range(self.random.randint(0, 4)):
                        self._act(day)
                    self._carry()
            day += timedelta(days=1)

    @contextmanager
    def at(self, day, hour=9):
        moment = datetime.combine(day, time(hour), SHANGHAI)
        with frozen(moment), patch("django.utils.timezone.now", lambda: moment):
            yield

    def _settle_in(self):
        secretaries = {self.town.huaishuwan.pk: self.cast.secretary, self.town.liulin.pk: self.cast.neighbour}
        self.secretary_of = secretaries
        for number in range(9):
            unit = self.town.huaishuwan if number % 3 else self.town.liulin
            person = enrolled(unit, f"某{number}", Category.MOBILE, by=self.cast.staff, since=date(2025, 5, 20))
            self.stays[person.pk] = [Stay(person.enrolments.get(), date(2025, 5, 20))]
        for unit in (self.town.huaishuwan, self.town.liulin):
            channels.set_channel(
                by=self.cast.admin, unit=unit, kind=Channel.Kind.WECOM, address=f"0123456789-abcde{unit.pk % 10}",
                language="en", is_on=True,
            )  # fmt: skip

    # --- the night's work

    def _night(self, day):
        fault = self.random.choice(["", "", "", "dies", "dies late", "twice", "clock back"])
        if fault == "dies":
            left, insert = self.random.randint(1, 8), open_dues.__globals__["_insert"]

            def until_the_cut(*arguments):
                nonlocal left
                left -= 1
                if left < 0:
                    raise PowerCut
                return insert(*arguments)

            self._dying(day, patch("projects.sweep._insert", until_the_cut))
        elif fault == "dies late":
            self._dying(day, patch.object(tasks, "remind_and_tell", side_effect=PowerCut))
        elif fault == "clock back" and self.nights:
            before = day - timedelta(days=self.random.randint(1, 9))
            with self.at(before):
                tasks.nightly()
            self._expect(before)
        tasks.nightly()
        if fault == "twice":
            tasks.nightly()
            tasks.nightly(day)
        self._expect(day)

    def _dying(self, day, cut):
        """The run of this day is cut off; a later beat finds it lost. What it had written stays and counts once."""
        with cut, self.at(day, hour=7):
            try:
                with transaction.atomic():
                    tasks.nightly()
            except PowerCut:
                pass

    def _expect(self, day):
        """What the night of `day` had to open, and of what it had to remind."""
        if day in self.nights:
            return
        for then in (*self._missed(day), day):
            for duty, occasion, due_on, entered_by in _turns(then):
                for stays in self.stays.values():
                    self._expect_turn(then, duty, occasion, due_on, entered_by, stays)
        self.nights.append(day)
        for due in self.owed:
            if due.open:
                due.stages |= _stages((due.due_on - day).days)

    def _missed(self, day):
        """Sundays and ends of months since the last night: what began and ended in between stood open on them."""
        earlier = [night for night in self.nights if night < day]
        since = max(earlier, default=day)
        between = (since + timedelta(days=n) for n in range(1, (day - since).days))
        return [then for then in between if then.weekday() == 6 or (then + timedelta(days=1)).day == 1]

    def _expect_turn(self, then, duty, occasion, due_on, entered_by, stays):
        for stay in stays:
            there = [due for due in self.owed if due.duty == duty and due.occasion == occasion and due.stay in stays]
            counted = [due for due in there if due.stay is stay or not due.closed]
            if stay.on(then) and stay.begins <= entered_by and not counted:
                gone = stay.ends is not None
                self.owed.append(Owed(duty, stay, occasion, due_on, closed=gone))

    # --- what hands do

    def _act(self, day):
        acts = {
            self._follow_up: 8, self._push: 2, self._liaise: 2, self._visit: 3, self._certify: 1, self._keep: 3,
            self._search: 2, self._home_or_away: 3, self._leave: 0.3, self._void: 1, self._restore: 1, self._amend: 1,
        }  # fmt: skip
        self.random.choices(list(acts), weights=list(acts.values()))[0](day)

    def _someone(self, away=True):
        found = [stays for stays in self.stays.values() if stays and (stays[-1].ends is None) == away]
        return self.random.choice(found)[-1] if found else None

    def _follow_up(self, day):
        if stay := self._someone():
            reached = self.random.random() < 0.6
            promised = {"promised": "帮忙联系"} if reached and self.random.random() < 0.3 else {}
            self._write(day, "follow_up", [stay], reached=reached, **promised)

    def _push(self, day):
        unit = self.random.choice([self.town.huaishuwan, self.town.liulin])
        stays = [s[-1] for s in self.stays.values() if s and s[-1].ends is None and s[-1].row.unit_id == unit.pk]
        if stays:
            self._write(day, "learning_push", stays)

    def _liaise(self, day):
        if stay := self._someone():
            self._write(day, "host_liaison", [stay])

    def _visit(self, day):
        if stay := self._someone():
            promised = {"promised": "修房"} if self.random.random() < 0.3 else {}
            self._write(day, "family_visit", [stay], **promised)

    def _certify(self, day):
        if stay := self._someone():
            self._write(day, "certificate_check", [stay])

    def _keep(self, day):
        waiting = [due for due in self.owed if due.open and due.duty in ("promise", "family_promise")]
        if waiting:
            self._write(day, "promise_kept", [self.random.choice(waiting).stay])

    def _search(self, day):
        waiting = [due for due in self.owed if due.open and due.duty == "search"]
        if waiting:
            self._write(day, "search", [self.random.choice(waiting).stay])

    def _write(self, day, kind, stays, **changes):
        """One record for these stays; it settles the oldest open due of every duty that its kind may. Now and then it
        is sent twice, or the machine dies in the middle of saving and the hand sends it again."""
        detail = DETAILS[kind] | changes
        settles = (
            [] if detail.get("reached") is False else [self._oldest(duty, s) for s in stays for duty in SETTLES[kind]]
        )
        settles = [due for due in settles if due]
        entry = actions.Entry(
            kind=f"joint.{kind}", unit=stays[0].row.unit, happened_on=day, submission_id=uuid.uuid4(),
            enrolments=tuple(stay.row for stay in stays), detail=detail, dues=tuple(map(self.row_of, settles)),
        )  # fmt: skip
        by = self.secretary_of[stays[0].row.unit_id]
        if self.random.random() < 0.1:
            with patch("projects.actions.trace_each", side_effect=PowerCut):
                try:
                    actions.save_record(by=by, entry=entry)
                except PowerCut:
                    pass
        record = actions.save_record(by=by, entry=entry)
        if self.random.random() < 0.1:
            assert actions.save_record(by=by, entry=entry) == record
        written = {"record": record, "entry": entry, "stays": stays, "settles": settles, "day": day, "by": by}
        self.records.append(written)
        self._wrote(written)

    def _wrote(self, written):
        for due in written["settles"]:
            due.done = written["record"]
        detail, day = written["entry"].detail, written["day"]
        duty = {"joint.follow_up": "promise", "joint.family_visit": "family_promise"}.get(written["entry"].kind)
        if duty and detail.get("promised"):
            occasion, due_on = f"r{written['record'].pk}", day + timedelta(days=30)
            self.owed += [Owed(duty, stay, occasion, due_on, written["record"]) for stay in written["stays"]]
        for stay in written["stays"]:
            self._search_needed(stay)

    def _search_needed(self, stay):
        """Three days of tries since the last contact open one search, and three more after it another; a contact
        ends it."""
        tries = []
        mine = [
            w for w in self.records if stay in w["stays"] and w["entry"].kind == "joint.follow_up" and not w.get("void")
        ]
        for written in sorted(mine, key=lambda w: (w["day"], w["record"].pk)):
            tries = [] if written["entry"].detail["reached"] else [*tries, written]
        searches = [due for due in self.owed if due.duty == "search" and due.stay is stay]
        if len({written["day"] for written in tries}) < 3:
            for due in searches:
                due.closed = due.closed or due.open
            return
        made = {f"r{written['record'].pk}" for written in tries}
        if done := [due.done.happened_on for due in searches if due.occasion in made and due.done]:
            tries = [written for written in tries if written["day"] > max(done)]
        if any(due.open for due in searches) or len({written["day"] for written in tries}) < 3:
            return
        made = {f"r{written['record'].pk}" for written in tries}
        if again := next((due for due in searches if due.occasion in made and due.closed), None):
            again.closed = False
        elif stay.ends is None:
            last = tries[-1]
            due_on = last["day"] + timedelta(days=15)
            self.owed.append(Owed("search", stay, f"r{last['record'].pk}", due_on, last["record"]))

    def _oldest(self, duty, stay):
        found = [due for due in self.owed if due.open and due.duty == duty and due.stay is stay]
        return min(found, key=lambda due: (due.due_on, due.occasion), default=None)

    def row_of(self, due):
        duty, enrolment, occasion = due.key
        return Due.objects.get(duty=duty, enrolment=enrolment, occasion=occasion)

    # --- comings and goings

    def _home_or_away(self, day):
        if self.random.random() < 0.5:
            if (stay := self._someone()) and stay.begins < day:
                members_acts.come_home(by=self.cast.secretary, enrolment=stay.row, on=day, reason="返乡")
                self._ended(stay, day)
        elif stay := self._someone(away=False):
            person = Person.objects.get(pk=stay.row.person_id)
            if person.standing != "former" and stay.ends < day:
                row = members_acts.propose_category(
                    by=self.cast.staff, person=person, category=Category.MOBILE, on=day, reason="外出", primary=True
                )
                members_acts.confirm_category(by=self.cast.staff, enrolment=row)
                row.refresh_from_db()
                self.stays[person.pk].append(Stay(row, day))

    def _leave(self, day):
        if (stay := self._someone()) and stay.begins < day:
            person = Person.objects.get(pk=stay.row.person_id)
            if self.random.random() < 0.5:
                members_acts.record_death(by=self.cast.staff, person=person, on=day)
            else:
                sent = members_acts.propose_transfer(
                    by=self.cast.staff, person=person, letter_on=day, elsewhere="外县某支部", reason="随迁"
                )
                members_acts.receive_transfer(by=self.cast.staff, transfer=sent, on=day)
            self._ended(stay, day)

    def _ended(self, stay, day):
        stay.ends = day
        for due in self.owed:
            if due.stay is stay and due.open:
                due.closed = True

    # --- second thoughts

    def _mine(self, void):
        """A record of stays that go on, taken back or not."""
        found = [w for w in self.records if bool(w.get("void")) is void and all(s.ends is None for s in w["stays"])]
        return self.random.choice(found) if found else None

    def _void(self, day):
        if written := self._mine(False):
            actions.void_record(by=written["by"], record=written["record"], reason="写错了")
            written["void"] = [due for due in written["settles"] if due.done == written["record"]]
            for due in written["void"]:
                due.done = None
            for due in self.owed:
                if due.record == written["record"] and due.duty != "search" and due.open:
                    due.closed = due.by_void = True
            for stay in written["stays"]:
                self._search_needed(stay)

    def _restore(self, day):
        if written := self._mine(True):
            restore_record(by=self.cast.staff, record=written["record"])
            for due in written["void"]:
                if due.open:
                    due.done = written["record"]
            written["settles"], written["void"] = written["void"], None
            for due in self.owed:
                if due.record == written["record"] and getattr(due, "by_void", False):
                    due.closed = due.by_void = False
            for stay in written["stays"]:
                self._search_needed(stay)

    def _amend(self, day):
        """A day earlier, and said otherwise: the new version takes the place of the former one in everything."""
        written = self._mine(False)
        if not written or written["entry"].kind == "joint.certificate_check":
            return
        kept = [due for due in written["settles"] if due.done == written["record"]]
        entry = replace(written["entry"], submission_id=uuid.uuid4(), dues=tuple(map(self.row_of, kept)))
        entry = replace(entry, narrative="补记")
        new = amend_record(by=written["by"], record=written["record"], entry=entry, reason="补充")
        for due in self.owed:
            if due.record == written["record"]:
                due.record, due.occasion = new, f"r{new.pk}"
            if due.done == written["record"]:
                due.done = new
        written.update(record=new, entry=entry, settles=kept)

    # --- what goes out

    def _carry(self):
        send = self.random.choice([self._sent, self._sent, self._refused, self._sent_and_died])
        with patch.object(senders, "send", send):
            try:
                deliver.deliver()
            except PowerCut:
                self.deaths_after_sending += 1

    def _sent(self, channel, subject, body):
        self.told[channel.pk, today()] += 1

    def _refused(self, channel, subject, body):
        raise senders.NotSent("http_500")

    def _sent_and_died(self, channel, subject, body):
        self._sent(channel, subject, body)
        raise PowerCut

    # --- the reckoning

    def differences(self):
        """What the house has otherwise than the plain ledger: missing, too many, or in another state."""
        rows = Due.objects.filter(duty__startswith="joint.").with_state(LAST)
        theirs = {(r.duty, r.enrolment_id, r.occasion): (r.due_on, _state(r)) for r in rows if r.duty in MODELLED}
        mine = {due.key: (due.due_on, "open" if due.open else "done" if due.done else "closed") for due in self.owed}
        differ = [key for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key)]
        found = [f"{key}: {theirs.get(key)}, should be {mine.get(key)}" for key in differ]
        return found + self._reminded_otherwise() + self._recorded_otherwise()

    def _reminded_otherwise(self):
        rows = Reminder.objects.filter(due__duty__in=MODELLED).values_list(
            "due__duty", "due__enrolment", "due__occasion", "stage"
        )
        theirs, mine = set(rows), {(*due.key, stage) for due in self.owed for stage in due.stages}
        return [f"reminder {key}" for key in theirs ^ mine]

    def _recorded_otherwise(self):
        live = Record.objects.live().filter(kind__startswith="joint.").values_list("pk", flat=True)
        mine = {w["record"].pk for w in self.records if w.get("void") is None}
        return [f"record {pk}" for pk in set(live) ^ mine]

    def contacts(self):
        """Days on which somebody who is away at the end was reached, in whichever absence of the year."""
        away = [stays for stays in self.stays.values() if stays[-1].ends is None]
        wrote = [w for w in self.records if w["entry"].kind == "joint.follow_up" and w.get("void") is None]
        reached = [w for w in wrote if w["entry"].detail["reached"]]
        return [w["day"] for w in reached if any(w["stays"][0] in stays for stays in away)]


MODELLED = {f"joint.{d}" for d in (*PERIODIC, "festival_visit", "promise", "family_promise", "search")}


def _turns(day):
    """(duty, occasion, due on, last day of entry) of every turn that stands open on `day`."""
    for duty, kind in PERIODIC.items():
        period = kind.of(day)
        last_entry = Quarter.of(period.last_day).end - timedelta(days=30)
        entered_by = min(period.start, last_entry) if kind is Month else last_entry
        yield duty, period.key, period.last_day, min(entered_by, period.last_day)
    if SPRING_FESTIVAL - timedelta(days=30) <= day <= SPRING_FESTIVAL:
        yield "festival_visit", "2026-spring_festival", SPRING_FESTIVAL, SPRING_FESTIVAL


def _stages(left):
    """Of what somebody is reminded with so many days left."""
    if left < 0:
        return {"overdue", "escalated"}
    return {"due"} if left == 0 else {"t7"} if left <= 7 else {"t30"} if left <= 30 else set()


def _state(row):
    return {"on_time": "done", "late": "done", "overdue": "open"}.get(row.state, row.state)

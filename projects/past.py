"""What is owed now, or what was owed on a past day, as it is known now or was known on a day. The counterpart for dues
of members.roll: the list and its numbers read both the same way."""

from datetime import datetime, time, timedelta

from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from members.models import Enrolment, Status
from xitun.lib.dates import SHANGHAI, today

from .models import Discharge
from .models.records import void_then
from .workflow import DEATH

OWED = ("open", "overdue")


class Present:
    """As it stands: today's dues."""

    past, known = False, None

    def __init__(self):
        self.day = today()

    @property
    def discharges(self):
        """Those that hold."""
        return Discharge.objects.live()

    def stated(self, dues):
        """`dues` with their state, see DueQuerySet.with_state."""
        return dues.with_state(self.day)

    def open(self, dues):
        return dues.open()


class Past(Present):
    """The day `on`: what its people, posts and branches owed then, whenever it was entered; with `known`, as far as it
    had been entered by the end of that day."""

    past = True

    def __init__(self, on, known=None):
        self.day, self.known = on, known
        self._moment = known and datetime.combine(known + timedelta(days=1), time(), SHANGHAI)

    @property
    def discharges(self):
        rows = Discharge.objects.filter(record__happened_on__lte=self.day)
        if not self._moment:
            return rows.live()
        return rows.filter(Q(undone_at=None) | Q(undone_at__gte=self._moment), at__lt=self._moment)

    def stated(self, dues):
        return dues.filter(self._there).with_state(self.day, discharges=self.discharges, closed=self._closed)

    def open(self, dues):
        return self.stated(dues).filter(state__in=OWED)

    @property
    def _there(self):
        """Q: it had begun, and so had the stay or the post that owes it; then also: it had been opened."""
        there = self._begun("enrolment") & self._begun("post") & Q(opens_on__lte=self.day)
        return there & Q(opened_at__lt=self._moment) if self._moment else there

    def _begun(self, owner):
        """Q: by its days; those of which were put right since what is known, nobody doubted then."""
        begun = Q(**{owner: None}) | Q(**{f"{owner}__from_date__lte": self.day})
        return begun | Q(**{f"{owner}__recorded_at__gte": self._moment}) if self._moment else begun

    @property
    def _closed(self):
        """Q: closed by the day, or closed since because stay or post had ended by then. What was closed before hours
        were kept counts as known on its day."""
        left = Q(enrolment__to_date__lte=self.day) | Q(post__to_date__lte=self.day)
        closed = Q(closed_on__lte=self.day) | Q(left & ~Q(occasion=DEATH), closed_on__isnull=False)
        if not self._moment:
            return closed
        then = self._ends_then(to_date__lte=self.day)
        closed = then | (closed & ~self._ends_then(to_date__gt=self.day))
        known = closed & (Q(closed_at__lt=self._moment) | Q(closed_at=None, closed_on__lte=self.known))
        known |= self._gone_then
        made = Concat(Value("r"), Cast("key", CharField()), output_field=CharField())
        return known | Q(occasion__in=void_then(self._moment).values(made=made))

    @property
    def _gone_then(self):
        """Q: owed again by who turned out since never to have left, and was believed then to be gone."""
        believed = Enrolment.objects.filter(
            person=OuterRef("person"), category=OuterRef("category"), path=OuterRef("path"), status=Status.ENDED,
            from_date=OuterRef("enrolment__from_date"), to_date__lte=self.day,
            decided_at__lt=self._moment, superseded_at__gte=self._moment,
        )  # fmt: skip
        again = Q(enrolment__to_date=None, enrolment__recorded_at__gte=self._moment, closed_on=None)
        return again & Q(Exists(believed), ~Q(occasion=DEATH))

    def _ends_then(self, **end):
        """Q: closed with an end that was put right since what is known, and was believed then to be `end`."""
        theirs = Q(person=OuterRef("person")) | Q(person__merged_into=OuterRef("person"))
        believed = Enrolment.objects.filter(
            theirs, category=OuterRef("category"), path=OuterRef("path"),
            recorded_at__lt=self._moment, superseded_at__gte=self._moment, **end,
        )  # fmt: skip
        return Q(Exists(believed), closed_on=F("enrolment__to_date"), enrolment__recorded_at__gte=self._moment)

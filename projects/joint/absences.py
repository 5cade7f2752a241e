"""Absences and their clock, and the tries to reach somebody: pure functions over records with their `.detail`."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from xitun.lib.dates import add_months

MONTHS = 6  # continuous, unable to attend: the roll of the mobile [R 2024]


@dataclass(frozen=True)
class Absence:
    """From the day of leaving to the day back (None: still away). `place` is the Record of the departure that says
    where; `records` all of this absence, for who moves on before coming home stays away."""

    departs_on: date
    place: object
    records: tuple = ()
    returned_on: date | None = None

    @property
    def six_months_on(self):
        """The day on which six continuous months are over: from 31 August the last of February."""
        return add_months(self.departs_on, MONTHS)


def absences(departures, homecomings):
    """The Absences that the Records of departures and homecomings tell of, oldest first. Who is away and comes and goes
    on one day came first: which was written first does not say, for a version put right is written last."""
    left = [(row.detail.departs_on, row.pk, row) for row in departures]
    back = [(row.detail.returned_on, row.pk, None) for row in homecomings]
    found = []
    for day, departure in _in_turn(left + back, found):
        away = bool(found) and found[-1].returned_on is None
        if departure and away:
            found[-1] = replace(found[-1], place=departure, records=(*found[-1].records, departure))
        elif departure:
            found.append(Absence(day, departure, (departure,)))
        elif away:
            found[-1] = replace(found[-1], returned_on=day)
    return found


def _in_turn(events, found):
    """(day, departure or None) of all events in the order of their days; `found` grows meanwhile."""
    for day, same in groupby(sorted(events, key=lambda event: event[:2]), key=lambda event: event[0]):
        away = bool(found) and found[-1].returned_on is None
        for _day, _pk, departure in sorted(same, key=lambda event: (event[2] is None) != away):
            yield day, departure


def absence_on(day, departures, homecomings):
    """The absence in force on `day` or the last one before it; where none has begun, the one to come; or None."""
    begun = [row for row in departures if row.detail.departs_on <= day]
    ended = [row for row in homecomings if row.detail.returned_on <= day]
    if begun:
        return absences(begun, ended)[-1]
    coming = absences(departures, ())
    return coming[0] if coming else None


def back_on(day, departures, homecomings):
    """The day they came home from the absence in force on `day` or the last before it; of whom no departure was written
    down, the last homecoming; None."""
    absence = absence_on(day, departures, homecomings)
    if absence and absence.departs_on <= day:
        return absence.returned_on
    return max((row.detail.returned_on for row in homecomings if row.detail.returned_on <= day), default=None)


def briefing_for(absence, briefings, all_absences):
    """The newest of `briefings` (newest first) since the absence before this one ended, if one did; or None."""
    ended = [row.returned_on for row in all_absences if row.returned_on and absence and row != absence]
    since = max((day for day in ended if day <= absence.departs_on), default=None) if absence else None
    return next((row for row in briefings if since is None or row.happened_on >= since), None)


def in_vain(contacts):
    """The tries since somebody was last reached. `contacts`: (record, day, reached) in the order of their days."""
    tries = []
    for record, day, reached in contacts:
        tries = [] if reached else [*tries, (record, day)]
    return tries

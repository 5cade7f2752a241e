"""Medians of few runs, the two sides by turns, so that a busy minute of the machine falls on both."""

import gc
import statistics
import time

REPEAT = 3


def seconds(act):
    """(seconds, what the act returned) of one run."""
    gc.collect()
    begun = time.perf_counter()
    result = act()
    return time.perf_counter() - begun, result


def medians(*acts, between=lambda: None, repeat=REPEAT, warm=True):
    """The median seconds of each act over `repeat` rounds, after one round that does not count. `between` runs before
    every act and is not timed."""
    taken = [[] for _act in acts]
    for turn in range(repeat + warm):
        for times, act in zip(taken, acts, strict=True):
            between()
            spent, _result = seconds(act)
            if turn >= warm:
                times.append(spent)
    return [statistics.median(times) for times in taken]

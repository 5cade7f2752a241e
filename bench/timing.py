"""The best of a few runs, the two sides by turns: a busy machine makes runs slower, never quicker, so the best of each
side is what the code itself costs."""

import gc
import time

QUICK, LONG = 2, 120  # seconds of all rounds together: below it they go on, above it they end
FELL = 0.02  # the best of a side went down by more than this share


def seconds(act):
    """(seconds, what the act returned) of one run."""
    gc.collect()
    begun = time.perf_counter()
    result = act()
    return time.perf_counter() - begun, result


def best(*acts, rounds, between=lambda: None):
    """The least seconds of each act. `between` runs before every act, untimed. The first round only warms, unless it is
    LONG by itself, or longer than QUICK where only one was asked for; then come `rounds`, and more while they bring a
    side down or are QUICK."""
    least, total = _round(acts, between)
    if total > (QUICK if rounds == 1 else LONG):
        return least
    if rounds == 1:
        return _round(acts, between)[0]
    least, total, done, still = [float("inf")] * len(acts), 0, 0, 0
    while done < rounds or total < QUICK or (still < 2 and done < 3 * rounds):
        times, spent = _round(acts, between)
        fell = any(now < ago * (1 - FELL) for now, ago in zip(times, least, strict=True))
        least = [min(pair) for pair in zip(times, least, strict=True)]
        total, done, still = total + spent, done + 1, 0 if fell else still + 1
        if total > LONG:
            break
    return least


def _round(acts, between):
    """([seconds of each act], their sum)."""
    times = []
    for act in acts:
        between()
        times.append(seconds(act)[0])
    return times, sum(times)

import pytest

from xitun.owed import with_percent
from xitun.views.town import cell_tone


@pytest.mark.parametrize(
    ("percent", "overdue", "total", "elapsed", "tone"),
    [
        (100, 0, 20, 10, "full"),
        (50, 0, 20, 50, "good"),  # half done at half time
        (0, 0, 20, 5, "good"),  # the quarter has only begun
        (40, 0, 20, 90, "warn"),  # nothing overdue yet, but far behind the calendar
        (90, 1, 20, 90, "warn"),
        (90, 2, 20, 90, "bad"),  # a tenth is overdue
    ],
)
def test_it_judges_a_cell_by_what_is_overdue_and_by_the_calendar(percent, overdue, total, elapsed, tone):
    assert cell_tone({"percent": percent, "overdue": overdue, "total": total}, elapsed) == tone


def test_it_never_rounds_up_into_done():
    assert with_percent({"done": 999, "total": 1000})["percent"] == 99

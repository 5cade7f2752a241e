"""No reader can solve a hidden cell: checked against every table that fits what is shown, not against our own proof."""

from itertools import product
from operator import le

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assessments.dignity import FEW, FLOOR, WITHHELD, protect

SIGNS = (1, 1, -1, -1)  # opening + added = removed + closing


def line(opening, added, removed):
    return [opening, added, removed, opening + added - removed]


lines = st.tuples(st.integers(0, 7), st.integers(0, 3), st.integers(0, 3)).filter(lambda t: t[0] + t[1] >= t[2])
tables = st.lists(lines.map(lambda t: line(*t)), min_size=1, max_size=3).map(lambda rows: dict(enumerate(rows)))


def fits(shown, value):
    return value < FLOOR if shown == FEW else value >= FLOOR if shown == WITHHELD else value == shown


def candidates(shown, most):
    """Every line that fits what is shown of it, each count at most `most`."""
    ranges = [range(most + 1) if isinstance(cell, str) else (cell,) for cell in shown]
    return [
        values
        for values in product(*ranges)
        if values[0] + values[1] == values[2] + values[3] and all(map(fits, shown, values))
    ]


def plus(one, other):
    return tuple(map(sum, zip(one, other, strict=True)))


def possible_lines(shown, totals):
    """[every value of this line that stands in some table fitting all that is shown] for each line."""
    options = [candidates(cells, max(totals)) for cells in shown.values()]
    found = []
    for number, mine in enumerate(options):
        rest = {(0, 0, 0, 0)}
        for other in options[:number] + options[number + 1 :]:
            rest = {plus(sums, values) for sums in rest for values in other if all(map(le, plus(sums, values), totals))}
        found.append([values for values in mine if tuple(t - v for t, v in zip(totals, values, strict=True)) in rest])
    return found


@settings(max_examples=150, deadline=None)
@given(tables)
def test_it_leaves_every_hidden_cell_more_than_one_value(table):
    shown = protect(table, SIGNS)
    assume(shown is not None)
    totals = tuple(map(sum, zip(*table.values(), strict=True)))
    for true, cells, possible in zip(table.values(), shown.values(), possible_lines(shown, totals), strict=True):
        assert tuple(true) in possible
        for measure, cell in enumerate(cells):
            if isinstance(cell, str):
                assert len({values[measure] for values in possible}) > 1, (table, shown)


big_lines = st.tuples(st.integers(0, 30), st.integers(0, 6), st.integers(0, 6)).filter(lambda t: t[0] + t[1] >= t[2])


@settings(max_examples=150, deadline=None)
@given(st.lists(big_lines.map(lambda t: line(*t)), min_size=2, max_size=20).map(lambda rows: dict(enumerate(rows))))
def test_it_never_shows_a_small_count_and_never_lies(table):
    shown = protect(table, SIGNS)
    assume(shown is not None)
    for number, values in table.items():
        for cell, value in zip(shown[number], values, strict=True):
            assert cell == value or fits(cell, value)
            assert not 0 < value < FLOOR or cell == FEW


@settings(max_examples=100, deadline=None)
@given(st.lists(big_lines.map(lambda t: line(*t)), min_size=2, max_size=20).map(lambda rows: dict(enumerate(rows))))
def test_it_leaves_no_hidden_cell_alone_in_a_line_or_column(table):
    """Subtraction from a total solves a cell that is hidden alone."""
    shown = protect(table, SIGNS)
    assume(shown is not None)
    for cells in [*shown.values(), *zip(*shown.values(), strict=True)]:
        assert sum(isinstance(cell, str) for cell in cells) != 1


def test_it_shows_large_numbers_and_zeros_as_they_are():
    table = {"east": line(12, 0, 0), "west": line(30, 0, 0)}
    assert protect(table, SIGNS) == table


def test_it_hides_a_second_branch_where_subtraction_would_reveal_the_first():
    shown = protect({"east": line(3, 0, 0), "west": line(30, 0, 0), "north": line(9, 0, 0)}, SIGNS)
    assert shown["east"] == [FEW, 0, 0, FEW]
    assert shown["north"] == [WITHHELD, 0, 0, WITHHELD]  # the smaller one keeps it company
    assert shown["west"] == line(30, 0, 0)


def test_it_shows_no_branches_where_nothing_protects():
    assert protect({"only": line(3, 0, 0)}, SIGNS) is None
    assert protect({"east": line(4, 0, 0), "west": line(4, 0, 0)}, SIGNS) is None  # 8 = 4 + 4 when both are below 5


def test_it_counts_what_the_reader_knows_already():
    """A secretary who also reads for the town sees their own branch, so it cannot keep another one company."""
    table = {"own": line(9, 0, 0), "east": line(3, 0, 0), "west": line(30, 0, 0)}
    shown = protect(table, SIGNS, known={"own"})
    assert shown["own"] == line(9, 0, 0)
    assert shown["west"] == [WITHHELD, 0, 0, WITHHELD]


def test_it_hides_whole_lines_when_told():
    shown = protect({"east": line(12, 0, 0), "west": line(30, 0, 0)}, SIGNS, whole={"east"})
    assert shown["east"][0] == WITHHELD
    assert shown["west"][0] == WITHHELD

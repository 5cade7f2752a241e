"""Small numbers of a branch, hidden so that nobody can work them out again from the totals (DOMAIN §4, §5). Pure.

A table is lines (branches) by measures. What a reader knows: every cell shown; that a cell shown as FEW is below FLOOR
and one shown as WITHHELD is not; the total of every measure over all lines; and one equation a line, such as
opening + added − removed − closing = 0. Multiplied by its sign in that equation, every line adds up to 0, so this is a
two-way table with fixed margins. There a hidden cell can be solved exactly when no cycle of hidden cells passes through
it along which the numbers can be shifted by one and stay within what is shown (D. Gusfield, "A graph theoretic approach
to statistical data security", SIAM J. Comput. 17, 1988). `protect` hides just enough more to give each such a cycle.
"""

import heapq
from dataclasses import dataclass

FLOOR = 5
FEW = f"<{FLOOR}"
WITHHELD = "*"
NEW, ZERO = 10, 20  # what hiding one more cell costs, plus its value up to ZERO * 4; zeros last, they tell nothing


@dataclass(frozen=True)
class Cell:
    line: object
    measure: int
    value: int
    sign: int

    @property
    def mark(self):
        return FEW if self.value < FLOOR else WITHHELD

    @property
    def cost(self):
        return NEW + min(self.value, 4 * ZERO) if self.value else NEW + ZERO

    def arcs(self):
        """The ways in which it can change by one unseen: ("L", line) → ("M", measure) when its signed value grows."""
        up = self.value != FLOOR - 1
        down = self.value not in (0, FLOOR)
        grows, shrinks = (up, down) if self.sign > 0 else (down, up)
        here, there = ("L", self.line), ("M", self.measure)
        return [(here, there)] * grows + [(there, here)] * shrinks


def protect(table, signs, *, known=(), whole=()):
    """{line: [int, FEW or WITHHELD]} of what may be shown, or None when no hiding protects (too few lines).

    table: {line: [count of each measure]}; signs: +1 or −1 a measure, with Σ sign·count = 0 in every line. `known`:
    lines the reader may see in full, which therefore hide nothing. `whole`: lines hidden altogether. A count of 0
    concerns nobody and is shown, unless it has to keep company.
    """
    cells = [
        Cell(line, measure, value, signs[measure])
        for line, values in table.items()
        if line not in known
        for measure, value in enumerate(values)
    ]
    hidden = {cell for cell in cells if 0 < cell.value < FLOOR or (cell.line in whole and cell.value)}
    arcs = _arcs(cells)
    waiting = sorted(hidden, key=lambda cell: (str(cell.line), cell.measure))
    while waiting:
        company = _company(waiting.pop(), arcs, hidden)
        if company is None:
            return None
        waiting += company - hidden
        hidden |= company
    marks = {(cell.line, cell.measure): cell.mark for cell in hidden}
    return {
        line: [marks.get((line, measure), value) for measure, value in enumerate(values)]
        for line, values in table.items()
    }


def _arcs(cells):
    """{node: [(neighbour, cell whose change leads there)]}."""
    arcs = {}
    for cell in cells:
        for tail, head in cell.arcs():
            arcs.setdefault(tail, []).append((head, cell))
    return arcs


def _company(cell, arcs, hidden):
    """The cheapest set of cells that form a cycle with `cell`; None when there is none."""
    ways = [_cheapest(head, tail, arcs, hidden, avoid=cell) for tail, head in cell.arcs()]
    found = [way for way in ways if way is not None]
    return min(found, key=lambda way: way[0])[1] if found else None


def _cheapest(start, goal, arcs, hidden, *, avoid):
    """(cost, cells) of the cheapest path from node to node; cells hidden already cost nothing."""
    queue, done, turn = [(0, 0, start, frozenset())], set(), 0
    while queue:
        cost, _turn, node, path = heapq.heappop(queue)
        if node == goal:
            return cost, path
        if node in done:
            continue
        done.add(node)
        for head, cell in arcs.get(node, ()):
            if head not in done and cell != avoid:
                turn += 1
                step = 0 if cell in hidden else cell.cost
                heapq.heappush(queue, (cost + step, turn, head, path | {cell}))
    return None

"""One module a part of the product. Each case takes the Ground and returns its ratio."""

from bench.cases import dashboards, exports, lists, rosters, sweep

# name: (case, goal), in the order of a run: the first import fills the empty database that the others work on
CASES = {
    "import": (rosters.import_beside_loop, 0.1),
    "sweep": (sweep.beside_sql, 1.3),
    "sweep_rows": (sweep.beside_rows, 0.1),
    "list_page": (lists.beside_admin, 0.5),
    "list_deep": (lists.deep_beside_first, 1.5),
    "dashboard": (dashboards.beside_live, 0.2),
    "export": (exports.beside_csv, 4.8),
}

"""One module a part of the product. Each case takes the Ground and returns its ratio; None without its rival."""

from importlib import import_module

# people: up to here both pages of list_page are mostly frame, planning a search takes a tenth of a scan, and building
# the statements of a sweep, 0.3 s for however many, shows beside it
TOWN = 10_000

# name: (module.function, goal[, goal in a town]), in the order of a run: imports want an empty database, the others
# fill it when need be
CASES = {
    "import": ("rosters.beside_acts", 0.1),
    "import_rival": ("rosters.beside_rival", 0.2),
    "sweep": ("sweep.beside_sql", 1.1, 1.5),
    "sweep_rows": ("sweep.beside_rows", 0.1),
    "search": ("search.beside_scan", 0.1, 0.2),
    "list_page": ("lists.beside_admin", 0.5, 0.8),
    "list_deep": ("lists.deep_beside_first", 1.5),
    "dashboard": ("dashboards.beside_live", 0.2),
    "export_writer": ("exports.writer_beside_csv", 4.8),
    "export": ("exports.beside_csv", 10),
}


def goal_of(name, n):
    """What the ratio of a case is to be, at most, with n people."""
    _function, goal, *town = CASES[name]
    return town[0] if town and n <= TOWN else goal


def case_of(name):
    """The function of a case; only now are the models imported."""
    module, function = CASES[name][0].split(".")
    return getattr(import_module(f"bench.cases.{module}"), function)

"""The imports run one way: xitun.lib → members → projects → the eight rooms; projects → assessments; xitun sees all."""

import ast
from pathlib import Path

import pytest
from django.db.models import Manager, QuerySet

from projects.models import Discharge, Due

ROOT = Path(__file__).parent.parent
ROOMS = [p.name for p in (ROOT / "projects").iterdir() if (p / "workflow.py").exists()]
SCOPED = set("Person Enrolment Due DueCount Record Unit PostHolding AuditRow RoleGrant Reminder".split())


def sources(folder):
    return [p for p in (ROOT / folder).rglob("*.py") if "migrations" not in p.parts]


def imports(path):
    """Dotted names a file imports, relative ones made absolute."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def offenders(folder, forbidden, allowed=()):
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(folder)
        for name in imports(path)
        if name.split(".")[0] in forbidden and not any(name == a or name.startswith(a + ".") for a in allowed)
    ]


def test_it_keeps_lib_free_of_ours():
    assert offenders("xitun/lib", {"members", "projects", "assessments", "xitun"}, allowed=("xitun.lib",)) == []


def test_it_keeps_members_below_projects():
    assert offenders("members", {"projects", "assessments", "xitun"}, allowed=("xitun.lib",)) == []


def test_it_keeps_projects_below_assessments():
    assert offenders("projects", {"assessments", "xitun"}, allowed=("xitun.lib",)) == []


def test_it_keeps_assessments_below_the_gathering_pages():
    assert offenders("assessments", {"xitun"}, allowed=("xitun.lib",)) == []


@pytest.mark.parametrize("room", ROOMS)
def test_it_keeps_rooms_apart(room):
    others = [f"projects.{other}" for other in ROOMS if other != room]
    named = [name for path in sources(f"projects/{room}") for name in imports(path)]
    assert [name for name in named if any(name == o or name.startswith(o + ".") for o in others)] == []


def test_it_names_rooms_in_the_engine_by_string_only():
    engine = [p for p in sources("projects") if p.relative_to(ROOT / "projects").parts[0] not in ROOMS]
    rooms = {f"projects.{room}" for room in ROOMS}
    assert [n for p in engine for n in imports(p) if any(n == r or n.startswith(r + ".") for r in rooms)] == []


@pytest.mark.parametrize("folder", ["members", "projects", "assessments", "xitun"])
def test_it_starts_no_view_from_bare_objects(folder):
    """Pages and API start from visible_to/writable_by: `Person.objects.filter(…)` in a view is how scope is lost."""
    found = []
    for path in sources(folder):
        if "views" not in path.parts and path.name not in (
            "api.py",
            "api_records.py",
            "views.py",
            "filters.py",
            "search.py",
            "forms.py",
        ):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(tree):
            bare = isinstance(node, ast.Attribute) and node.attr == "objects" and _scoped(node.value)
            if bare and not _reaches_scope(node, parents):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def _scoped(node):
    return isinstance(node, ast.Name) and node.id in SCOPED


def _reaches_scope(node, parents):
    """The chain after `.objects` calls visible_to/writable_by, or the queryset is handed to get_visible or a scoped
    class attribute (`queryset = …`, `model.objects` handed on)."""
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.Attribute) and node.attr in ("visible_to", "writable_by", "none"):
            return True
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
            "get_visible",
            "_all_visible",
        ):
            return True
        if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "queryset" for t in node.targets):
            return True
    return False


def test_it_counts_every_due_that_is_written():
    """Whatever Django offers to write a Due or Discharge with is counted (projects.models.counts); a way that the two
    querysets do not know of, or SQL of its own, has to be counted first."""
    counted = {"update", "bulk_create", "delete"}  # ours
    through = {"create", "get_or_create", "update_or_create", "bulk_update"}  # Django's, which come to save or to ours
    offered = {name for name in dir(QuerySet) if getattr(getattr(QuerySet, name), "alters_data", False)}
    offered -= {f"a{name}" for name in offered}  # these call the others
    assert {name for name in offered if not name.startswith("_")} == counted | through
    for model in (Due, Discharge):
        assert counted <= vars(type(model.objects.all())).keys()
        assert "save" in vars(model)
        assert model._base_manager.__class__ is Manager
    past_it = ("_raw_delete", "projects_due", "projects_discharge", "Due._base_manager", "Discharge._base_manager")
    for path in (p for folder in ("members", "projects", "assessments", "xitun") for p in sources(folder)):
        text, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
        assert [mark for mark in past_it if mark in text] == [], name
        assert "QuerySet.update(" not in text or name == "projects/models/dues.py"
        assert "projects.counting.insert_select" not in imports(path) or name == "projects/sweep.py"

"""Every address the product answers, read from its URLconf, and what each asks of a request."""

from contextlib import contextmanager
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import URLPattern, get_resolver, reverse

UNNAMED = ""


@dataclass(frozen=True)
class Route:
    name: str  # with its namespaces, "api:person-list"
    pattern: str
    kwargs: tuple[str, ...]

    def url(self, values):
        return reverse(self.name, kwargs=values)


def all_routes() -> list[Route]:
    """The URLconf, walked to its leaves, in order; one Route a name (a second pattern of a name is a second format)."""
    found = {}
    for route in _walk(get_resolver().url_patterns, "", ""):
        found.setdefault(route.name or f"unnamed {route.pattern}", route)
    return list(found.values())


def _walk(patterns, namespace, prefix):
    for entry in patterns:
        where = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLPattern):
            yield Route(f"{namespace}{entry.name}" if entry.name else UNNAMED, where, tuple(_parameters(entry, prefix)))
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, inner, where)


def _parameters(entry, _prefix):
    names = list(entry.pattern.converters)
    if not names and hasattr(entry.pattern, "regex"):
        names = list(entry.pattern.regex.groupindex)
    return [name for name in names if name != "format"]


@contextmanager
def noted():
    """Collects the names that a view asks of GET and POST."""
    names, kept = set(), {name: getattr(QueryDict, name) for name in ("get", "getlist", "__getitem__", "__contains__")}

    def noting(original):
        def method(self, key, *args, **kwargs):
            if isinstance(key, str):
                names.add(key)
            return original(self, key, *args, **kwargs)

        return method

    try:
        for name, original in kept.items():
            setattr(QueryDict, name, noting(original))
        yield names
    finally:
        for name, original in kept.items():
            setattr(QueryDict, name, original)

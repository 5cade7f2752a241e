"""Two characters of a Chinese name: found by grams, beside LIKE over all names. Only the database is timed; around it
both sides are the same."""

from django.db import connection

from members.models import Person
from members.search import search_people

TEXTS = ("桂英", "淑珍", "建国", "春花", "学德", "满仓", "月娥", "永福")


def beside_scan(ground):
    """The people in sight whose name holds the text; both sides must find the very same."""
    ground.settle()
    seen = Person.objects.visible_to(ground.staff)
    grams = [_statement(search_people(seen, text, ground.staff)[0]) for text in TEXTS]
    scans = [_statement(seen.filter(name__contains=text)) for text in TEXTS]
    if [set(_found(one)) for one in grams] != [set(_found(one)) for one in scans]:
        raise AssertionError("grams and LIKE find different people")
    ours, scan = ground.best(lambda: list(map(_found, grams)), lambda: list(map(_found, scans)))
    return ours / scan


def _statement(people):
    return people.order_by().values_list("pk").query.sql_with_params()


def _found(statement):
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return cursor.fetchall()

"""Writing many rows in a constant number of statements, on both engines."""

import json
from itertools import islice

from django.core.exceptions import EmptyResultSet
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import BigIntegerField, Value
from django.db.models.functions import Cast

CHUNK = 2_000  # rows in one statement: few round trips, little memory
PLAIN = {
    models.BigAutoField, models.BooleanField, models.CharField, models.DateField, models.IntegerField,
    models.JSONField, models.PositiveSmallIntegerField, models.TextField,
}  # fmt: skip


def insert_rows(model, columns, rows):
    """INSERT the rows (sequences in the order of `columns`, values as Python has them), CHUNK rows a statement.

    The rows travel as one JSON parameter, so that neither engine's limit of parameters multiplies the statements.
    """
    fields = [model._meta.get_field(name) for name in columns]
    sql, rows = _insert_sql(model, fields), iter(rows)
    others = [(place, field) for place, field in enumerate(fields) if not _is_plain(field)]
    while chunk := [list(row) for row in islice(rows, CHUNK)]:
        for row in chunk:
            if len(row) != len(fields):
                raise ValueError(f"{len(row)} values for {len(fields)} columns")
            for place, field in others:
                row[place] = field.get_db_prep_save(row[place], connection)
        with connection.cursor() as cursor:
            cursor.execute(sql, [json.dumps(chunk, cls=DjangoJSONEncoder, ensure_ascii=False)])


def insert_select(model, columns, queryset):
    """INSERT … SELECT … ON CONFLICT DO NOTHING. `columns` maps the model's fields to expressions over `queryset`.
    Returns the number of rows that were new."""
    fields = [model._meta.get_field(name) for name in columns]
    aliases = {f"_{field.column}": value for field, value in zip(fields, columns.values(), strict=True)}
    try:
        sql, params = queryset.order_by().annotate(**aliases).values_list(*aliases).query.sql_with_params()
    except EmptyResultSet:  # nothing can match
        return 0
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({names}) {sql} ON CONFLICT DO NOTHING", params)
        return max(cursor.rowcount, 0)


def _insert_sql(model, fields):
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    if connection.vendor == "sqlite":
        values = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(fields)))
        return f"INSERT INTO {quote(model._meta.db_table)} ({names}) SELECT {values} FROM json_each(%s)"
    values = ", ".join(f"(value->>{place})::{field.cast_db_type(connection)}" for place, field in enumerate(fields))
    source = "jsonb_array_elements(%s::jsonb) AS given(value)"
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) SELECT {values} FROM {source}"


def _is_plain(field):
    """Whether both engines read the field's values from JSON as they are."""
    return type(getattr(field, "target_field", field)) in PLAIN


def fresh_statistics(*tables):
    """Tell PostgreSQL's planner what a bulk write has just changed: until its own round, a minute later, it would join
    tables it takes for empty row by row. SQLite does without."""
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in tables)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {names}")


def given(value, field):
    """A constant with its type: PostgreSQL does not guess that of a bare NULL in a SELECT."""
    return Value(value, field) if value is not None else Cast(Value(None), field)


def key_value(obj):
    """The key of `obj` (None for nobody) as such a constant."""
    return given(obj and obj.pk, BigIntegerField())


def quoted(model):
    """A function from the name of a field of `model` to its quoted column."""
    return lambda name: connection.ops.quote_name(model._meta.get_field(name).column)

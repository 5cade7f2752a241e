"""A copy of everything kept about somebody, for themselves: a workbook to read and the same as JSON, in one ZIP.

What is in it and what is not say the topics (xitun.own_topics)."""

import json
import zipfile
from io import BytesIO

from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext as _

from members.audit import trace
from xitun.lib.dates import now
from xitun.lib.sheets import Column, Sheet, write_xlsx

from .own_topics import TOPICS


@transaction.atomic
def copy_own_data(*, by, person):
    """The ZIP as bytes, with a trace. Raises PermissionDenied for anybody but the person. A constant number of queries,
    and one a kind of record."""
    if by.person_id != person.pk:
        raise PermissionDenied
    found = [(topic, list(topic.rows(person, by))) for topic in TOPICS]
    book = BytesIO()
    write_xlsx(book, [_sheet(topic, rows) for topic, rows in found])
    data = {"made_at": now(), **{topic.code: _records(topic, rows) for topic, rows in found}}
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(f"{_('My own file')}.xlsx", book.getvalue())
        package.writestr("data.json", json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
    trace("copy_own_data", by=by, obj=person, person=person, detail={"rows": sum(len(rows) for _topic, rows in found)})
    return target.getvalue()


def _sheet(topic, rows):
    return Sheet(topic.name, [Column(key, label, width=18) for key, label in topic.columns.items()], rows)


def _records(topic, rows):
    return [dict(zip(topic.columns, row, strict=True)) for row in rows]

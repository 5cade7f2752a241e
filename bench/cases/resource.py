"""The rival of the import: django-import-export with a resource as its documentation writes them."""

import tablib
from import_export import fields, resources
from import_export.widgets import DateWidget, ForeignKeyWidget

from members.models import Person, Unit

SAME = {
    "name": "姓名", "sex": "性别", "birth_date": "出生日期", "joined_on": "入党时间", "full_member_on": "转正时间",
    "standing": "人员类别", "phone": "联系电话", "category": "分类", "education": "学历", "occupation": "职务",
    "address": "家庭住址", "id_number": "身份证号",
}  # fmt: skip
DATED = ("birth_date", "joined_on", "full_member_on")
CODES = {"男": "M", "女": "F", "正式党员": "full", "入党积极分子": "activist"}


class PersonResource(resources.ModelResource):
    unit = fields.Field("unit", "所在党支部", ForeignKeyWidget(Unit, "name"))
    for _name, _label in SAME.items():
        locals()[_name] = fields.Field(_name, _label, DateWidget() if _name in DATED else None)

    class Meta:
        model = Person
        fields = ("unit", *SAME)
        import_id_fields = ("phone",)  # the only one of these that is nobody else's
        use_transactions = False  # there is one already


def import_csv(path, size):
    table = tablib.Dataset().load(path.read_text(encoding="utf-8"), format="csv")
    for heading in ("性别", "人员类别"):
        place = table.headers.index(heading)
        words = [CODES[word] for word in table[heading]]
        del table[heading]
        table.insert_col(place, words, header=heading)
    result = PersonResource().import_data(table, raise_errors=True)
    if result.totals["new"] != size:
        raise AssertionError(f"django-import-export wrote {result.totals['new']} of {size} people")

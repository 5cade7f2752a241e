from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def name_first_versions(apps, schema_editor):
    records = apps.get_model("projects", "Record").objects
    records.filter(amends__isnull=False, amends__amends=None).update(origin=F("amends_id"))
    before = records.filter(pk=OuterRef("amends_id"))
    while records.filter(origin=None, amends__origin__isnull=False).update(origin=Subquery(before.values("origin"))):
        pass


class Migration(migrations.Migration):
    dependencies = [("projects", "0010_record_origin")]
    operations = [migrations.RunPython(name_first_versions, migrations.RunPython.noop, elidable=True)]

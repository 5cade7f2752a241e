from django.db import migrations
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce


def follow_versions(apps, schema_editor):
    """Answers whose record was put right before links followed it are read in the version that holds."""
    records, links = apps.get_model("projects", "Record").objects, apps.get_model("projects_joint", "HostLink").objects
    first = Coalesce(OuterRef("record__origin"), OuterRef("record"))
    newest = records.filter(origin=first).order_by("-pk").values("pk")[:1]
    for link in links.annotate(newest=Subquery(newest)).filter(newest__isnull=False):
        links.filter(pk=link.pk).update(record=link.newest)


class Migration(migrations.Migration):
    dependencies = [("projects_joint", "0003_host_links"), ("projects", "0011_first_versions")]
    operations = [migrations.RunPython(follow_versions, migrations.RunPython.noop, elidable=True)]

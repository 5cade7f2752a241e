"""A reminder ends when what it says is not so any more; there is one live one of a due and stage."""

from django.db import migrations, models
from django.db.models import Exists, OuterRef


def keep_the_last(apps, _schema_editor):
    """Backwards there may be one of a due and stage only."""
    reminders = apps.get_model("projects", "Reminder").objects
    newer = reminders.filter(due=OuterRef("due"), stage=OuterRef("stage"), pk__gt=OuterRef("pk"))
    reminders.filter(Exists(newer)).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0013_due_responsible_path"),
    ]

    operations = [
        migrations.AddField(
            model_name="reminder",
            name="due_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="reminder",
            name="ended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=["due", "stage"], condition=models.Q(ended_at__isnull=True), name="one_live_reminder"
            ),
        ),
        migrations.RemoveConstraint(
            model_name="reminder",
            name="reminder_once",
        ),
        migrations.RunPython(migrations.RunPython.noop, keep_the_last),
    ]

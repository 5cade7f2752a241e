"""When it was entered that a duty is owed no longer, so that a past day can be shown as it was known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="due",
            name="closed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A change of a dated number keeps its reason, and what was replaced or taken back stays to be read."""

    dependencies = [
        ("members", "0021_signs"),
    ]

    operations = [
        migrations.AddField(
            "setting",
            "reason",
            models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="reason"),
        ),
        migrations.AddField("setting", "withdrawn_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "setting",
            "withdrawn_by",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.RemoveConstraint("setting", "setting_once_a_day"),
        migrations.RemoveConstraint("setting", "setting_once_a_day_everywhere"),
        migrations.AddConstraint(
            "setting",
            models.UniqueConstraint(
                condition=Q(withdrawn_at__isnull=True),
                fields=("unit", "key", "from_date"),
                name="setting_holds_once_a_day",
            ),
        ),
        migrations.AddConstraint(
            "setting",
            models.UniqueConstraint(
                condition=Q(unit__isnull=True, withdrawn_at__isnull=True),
                fields=("key", "from_date"),
                name="setting_holds_once_a_day_everywhere",
            ),
        ),
    ]

"""The answer to an act on several people, so that two taps are one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0016_proposal_evidence")]

    operations = [
        migrations.CreateModel(
            name="BulkAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("submission_id", models.UUIDField(editable=False, unique=True)),
                ("code", models.CharField(max_length=30)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("results", models.JSONField(default=list)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"verbose_name": "answer to an act on several people"},
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0021_signs"),
        ("projects", "0006_outbox"),
    ]

    operations = [
        migrations.AddField(
            model_name="sweeprun",
            name="miscounted",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="DueCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=255)),
                ("duty", models.CharField(max_length=50)),
                ("category", models.CharField(max_length=12)),
                ("restricted", models.BooleanField()),
                ("opens_on", models.DateField()),
                ("due_on", models.DateField()),
                ("open", models.IntegerField(db_default=0, default=0)),
                ("on_time", models.IntegerField(db_default=0, default=0)),
                ("late", models.IntegerField(db_default=0, default=0)),
                ("closed", models.IntegerField(db_default=0, default=0)),
                ("folding", models.BooleanField(db_default=False, default=False)),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.unit"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["path", "due_on"], name="due_count_path_due_on"),
                    models.Index(
                        condition=models.Q(("open", 0), _negated=True), fields=["path"], name="due_count_open"
                    ),
                ],
            },
        ),
    ]

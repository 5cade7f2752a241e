from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0012_channel_set_by"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="due",
            index=models.Index(
                fields=["responsible", "path", "due_on"],
                name="due_responsible_path",
                opclasses=["varchar_ops", "varchar_pattern_ops", "date_ops"],
            ),
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0009_old_ledgers")]
    operations = [
        migrations.AddField(
            model_name="record",
            name="origin",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="projects.record",
            ),
        ),
    ]

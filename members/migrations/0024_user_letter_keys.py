from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0023_saved_filters"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="letter_keys",
            field=models.BooleanField(default=True, verbose_name="single-letter keys"),
        ),
    ]

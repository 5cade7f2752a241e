from django.db import migrations, models
from django.db.models.functions import Length

import members.models.people
from xitun.lib.names import PINYIN_LENGTH
from xitun.lib.readings import readings

CHUNK = 2_000


def add_readings(apps, schema_editor):
    """Pinyin and initials of every reading become keys beside the fragments that are there."""
    person, gram = (apps.get_model("members", name) for name in ("Person", "NameGram"))
    rows = []
    for pk, name, pinyin, initials in person.objects.values_list("pk", "name", "pinyin", "initials").iterator(CHUNK):
        keys = {pinyin, initials} | {key[:PINYIN_LENGTH] for pair in readings(name) for key in pair}
        rows += [gram(gram=key, person_id=pk) for key in sorted(keys - {""})]
        if len(rows) > CHUNK:
            gram.objects.bulk_create(rows, ignore_conflicts=True)
            rows = []
    gram.objects.bulk_create(rows, ignore_conflicts=True)


def keep_fragments(apps, schema_editor):
    apps.get_model("members", "NameGram").objects.annotate(size=Length("gram")).filter(size__gt=2).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0002_roster_line_raw"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="reading",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=80, verbose_name="how the name is read"
            ),
        ),
        migrations.AlterField(
            model_name="namegram",
            name="gram",
            field=models.CharField(max_length=120),
        ),
        migrations.AddIndex(
            model_name="namegram",
            index=models.Index(fields=["gram"], name="namegram_front", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(members.models.people.PhoneTail("phone"), name="person_phone_tail"),
        ),
        migrations.RunPython(add_readings, keep_fragments),
    ]

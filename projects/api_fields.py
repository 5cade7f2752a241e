"""What records are sent with over HTTP: keys, and who attended."""

from rest_framework import serializers


class Key(serializers.IntegerField):
    """A primary key; larger numbers overflow the column when many are asked for at once."""

    def __init__(self, **kwargs):
        super().__init__(min_value=1, max_value=2**63 - 1, **kwargs)


class AttendanceSerializer(serializers.Serializer):
    """One person at a meeting. `state` present, leave or absent; `why` sick, away, work, family."""

    person = Key()
    state = serializers.CharField(max_length=8)
    why = serializers.CharField(max_length=8, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")

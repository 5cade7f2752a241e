"""What records and papers are sent as over HTTP."""

from rest_framework import serializers

from . import registry


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


class RecordWriteSerializer(serializers.Serializer):
    """`kind` as in the list of kinds ("joint.follow_up"); `enrolments`, or `post`, or only `unit`; `detail` the kind's
    own fields; `dues` what the record is meant to settle. `people` of kinds that ask for no enrolment (a talk);
    `attendance` who did not come to a meeting, or who made up for one, or who came of the committee; nobody else need
    be named."""

    submission_id = serializers.UUIDField()
    kind = serializers.CharField(max_length=50)
    happened_on = serializers.DateField()
    narrative = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    enrolments = serializers.ListField(child=Key(), required=False, default=list, max_length=200)
    post = serializers.IntegerField(required=False, allow_null=True, default=None)
    unit = serializers.IntegerField(required=False, allow_null=True, default=None)
    dues = serializers.ListField(child=Key(), required=False, default=list, max_length=200)
    detail = serializers.DictField(required=False, default=dict)
    people = serializers.ListField(child=Key(), required=False, default=list, max_length=200)
    attendance = AttendanceSerializer(many=True, required=False, default=list)

    def validate_kind(self, value):
        if value not in registry.kinds():
            raise serializers.ValidationError(f"Unknown kind. Known: {', '.join(sorted(registry.kinds()))}.")
        return value


class AmendSerializer(RecordWriteSerializer):
    """What is not sent stays as it was; of `detail` only the columns that are sent change."""

    kind = unit = post = None
    reason = serializers.CharField(max_length=200)
    happened_on = serializers.DateField(required=False)
    narrative = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    enrolments = serializers.ListField(child=Key(), required=False, min_length=1, max_length=200)
    dues = serializers.ListField(child=Key(), required=False, max_length=200)
    detail = serializers.DictField(required=False, default=dict)
    people = serializers.ListField(child=Key(), required=False, max_length=200)
    attendance = AttendanceSerializer(many=True, required=False)

    validate_kind = None


class PapersSentSerializer(serializers.Serializer):
    """`multipart/form-data`: several parts may be named `files`."""

    submission_id = serializers.UUIDField()
    files = serializers.FileField()

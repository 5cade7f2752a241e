"""Dues, records and ledgers over HTTP: the same scope and the same acts as the pages."""

import django_filters
from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from members import access
from members.api import IdFilter, ReasonField, Scoped
from members.audit import trace
from members.models import Category, Enrolment, Person, PostHolding, Unit
from members.models.enrolments import NEVER_HELD
from xitun.lib.dates import today

from . import actions, ledgers, registry
from .api_fields import AttendanceSerializer, Key
from .forms import detail_form
from .models import Discharge, Due, Record, RecordSubject
from .targets import right_for, right_for_record

STATES = ("on_time", "late", "closed", "overdue", "open")
REASON = inline_serializer("Reason", {"reason": serializers.CharField(max_length=200)})


def _reason(request):
    form = serializers.CharField(max_length=200)
    return form.run_validation(request.data.get("reason", "") if isinstance(request.data, dict) else "")


class DueSerializer(serializers.ModelSerializer):
    state = serializers.ChoiceField(choices=STATES, read_only=True)
    done_on = serializers.DateField(read_only=True, allow_null=True)
    closed_why = ReasonField(read_only=True)

    class Meta:
        model = Due
        fields = (
            "id duty category enrolment post unit person occasion opens_on due_on responsible assignee state "
            "done_on closed_on closed_why"
        ).split()


class DueFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=[(s, s) for s in STATES])
    category = django_filters.ChoiceFilter(choices=Category.choices)
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")
    unit = IdFilter(field_name="unit_id")
    person = IdFilter(field_name="person_id")
    enrolment = IdFilter(field_name="enrolment_id")

    class Meta:
        model = Due
        fields = ["duty"]


class DueViewSet(Scoped, viewsets.ReadOnlyModelViewSet):
    queryset = Due.objects.all()
    serializer_class = DueSerializer
    filterset_class = DueFilter

    def get_queryset(self):
        return super().get_queryset().with_state(today())

    @extend_schema(request=REASON, responses=DueSerializer)
    @action(detail=True, methods=["post"])
    def waive(self, request, pk=None):
        """The town decides with a reason that this is not owed after all."""
        due = self.get_object()
        access.require(request.user, access.CONFIRM, due.path)
        actions.waive_due(by=request.user, due=due, reason=_reason(request))
        return Response(DueSerializer(self.get_queryset().get(pk=due.pk)).data)


def _for(user):
    """What a record is shown with: those of its people and of the dues it settles that the user may see. The record
    itself is often seen for the sake of one of many."""
    people = RecordSubject.objects.filter(person__in=Person.objects.visible_to(user)).order_by("pk")
    settles = Discharge.objects.live().filter(due__in=Due.objects.visible_to(user)).order_by("pk")
    return Prefetch("subjects", people), Prefetch("discharges", settles)


class RecordSerializer(serializers.ModelSerializer):
    """Of records fetched with `_for(user)`."""

    people = serializers.SerializerMethodField()
    settles = serializers.SerializerMethodField()
    void_reason = ReasonField(read_only=True)

    class Meta:
        model = Record
        fields = (
            "id submission_id kind unit post happened_on entered_at entered_late author narrative people "
            "settles voided_at void_reason"
        ).split()

    def get_people(self, record) -> list[int]:
        return [s.person_id for s in record.subjects.all()]

    def get_settles(self, record) -> list[int]:
        return [d.due_id for d in record.discharges.all()]


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


def _all_visible(queryset, user, ids):
    rows = list(queryset.visible_to(user).filter(pk__in=ids))
    if len(rows) != len(set(ids)):
        raise Http404
    return rows


class RecordFilter(django_filters.FilterSet):
    unit = IdFilter(field_name="unit_id")
    subjects__person = IdFilter(method="of_person")

    class Meta:
        model = Record
        fields = ["kind", "happened_on"]

    def of_person(self, queryset, name, value: int):
        """Of somebody the user may see; anybody else has no records."""
        rows = RecordSubject.objects.filter(record=OuterRef("pk"), person_id=value)
        return queryset.filter(Exists(rows.filter(person__in=Person.objects.visible_to(self.request.user))))


class RecordViewSet(
    Scoped, mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet
):
    queryset = Record.objects.all()
    serializer_class = RecordSerializer
    filterset_class = RecordFilter

    def get_queryset(self):
        rows = super().get_queryset().unsealed_for(self.request.user)
        return rows.prefetch_related(*_for(self.request.user))

    @extend_schema(request=RecordWriteSerializer, responses={201: RecordSerializer})
    def create(self, request, *args, **kwargs):
        """Write down what was done and settle the dues it names; the same submission_id again changes nothing."""
        form = RecordWriteSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        entry = self._entry(form.validated_data)
        record = actions.save_record(by=request.user, entry=entry)
        prefetch_related_objects([record], *_for(request.user))
        return Response(RecordSerializer(record).data, status=status.HTTP_201_CREATED)

    def _entry(self, data):
        user = self.request.user
        confirmed = Enrolment.objects.visible_to(user).exclude(status__in=NEVER_HELD).filter(superseded_at=None)
        enrolments = _all_visible(confirmed.select_related("person", "unit"), user, data["enrolments"])
        post = data["post"] and access.get_visible(PostHolding.objects, user, pk=data["post"], superseded_at=None)
        subject = enrolments[0] if enrolments else post
        if subject is None and data["unit"] is None:
            raise ValidationError({"enrolments": ["Send enrolments, a post or a unit."]})
        unit = subject.unit if subject else access.get_visible(Unit.objects, user, pk=data["unit"])
        for path in {unit.path, *(e.path for e in enrolments)}:
            access.require(user, right_for(registry.kinds()[data["kind"]][1]), path)
        detail = _clean_detail(data["kind"], data["detail"])
        return actions.Entry(
            kind=data["kind"],
            unit=unit,
            happened_on=data["happened_on"],
            submission_id=data["submission_id"],
            enrolments=tuple(enrolments),
            post=post,
            narrative=data["narrative"],
            detail=detail,
            people=tuple(_all_visible(Person.objects, user, data["people"])),
            rows=_rows(data, unit, detail),
            dues=tuple(_all_visible(Due.objects, user, data["dues"])),
        )

    @extend_schema(request=REASON, responses=RecordSerializer)
    @action(detail=True, methods=["post"])
    def void(self, request, pk=None):
        """Take a record back with a reason; what it had settled is open again."""
        record = self.get_object()
        access.require(request.user, right_for_record(record), record.path)
        actions.void_record(by=request.user, record=record, reason=_reason(request))
        return Response(RecordSerializer(self.get_queryset().get(pk=record.pk)).data)


def _rows(data, unit, detail):
    """The further rows of a record, as the room's rules complete what was sent."""
    project, kind = registry.kinds()[data["kind"]]
    if not kind.rows:
        return ()
    sent = data["attendance"]
    return registry.rules(project.code).rows_of(kind.code, unit, data["happened_on"], detail, sent)


def _clean_detail(kind, values):
    form_class = detail_form(kind)
    if form_class is None:
        return {}
    form = form_class(values)
    if not form.is_valid():
        raise ValidationError({"detail": form.errors.get_json_data()})
    return form.cleaned_data


class LedgerQuery(serializers.Serializer):
    unit = serializers.IntegerField(required=False, help_text="Only this unit and what lies below it.")
    on = serializers.DateField(required=False, help_text="The ledger as it was valid on this day.")
    known = serializers.DateField(required=False, help_text="Only what had been entered by the end of this day.")
    offset = serializers.IntegerField(required=False, default=0, min_value=0, max_value=10_000_000)
    limit = serializers.IntegerField(required=False, default=500, min_value=1, max_value=500)
    purpose = serializers.CharField(
        required=False, default="", max_length=200, help_text="Asked for restricted ledgers."
    )


class LedgerNameSerializer(serializers.Serializer):
    code = serializers.CharField()
    people = serializers.CharField()


class LedgerSerializer(serializers.Serializer):
    """`rows` hold one cell a column, in the order of `columns`: text, date, number, or "" where nothing is known."""

    columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField())
    total = serializers.IntegerField()


class LedgerViewSet(viewsets.ViewSet):
    """The ledgers: the columns and rows of the page and the file."""

    @extend_schema(responses=LedgerNameSerializer(many=True))
    def list(self, request):
        """The ledgers this user may open."""
        found = [p for p in registry.all_rooms() if ledgers.may_read(request.user, p)]
        return Response([{"code": p.code, "people": str(p.people)} for p in found])

    @extend_schema(
        parameters=[OpenApiParameter("id", str, OpenApiParameter.PATH, description="joint, post, …"), LedgerQuery],
        responses=LedgerSerializer,
    )
    def retrieve(self, request, pk=None):
        """A page of one ledger. Opening a restricted one is traced."""
        project = {p.code: p for p in registry.all_rooms()}.get(pk)
        if project is None:
            raise Http404
        form = LedgerQuery(data=request.query_params)
        form.is_valid(raise_exception=True)
        asked, unit = form.validated_data, self._unit(request, project, form.validated_data.get("unit"))
        found = ledgers.Ledger(project, request.user, unit, asked.get("on"), known=asked.get("known"))
        if project.restricted:
            trace("view_ledger", by=request.user, path=unit.path, restricted=True, purpose=asked["purpose"] or "API")
        cells = [row.cells for row in found.rows(asked["offset"], asked["offset"] + asked["limit"])]
        return Response({"columns": [str(c.heading) for c in found.columns], "rows": cells, "total": found.count})

    def _unit(self, request, project, pk):
        """The unit asked for, or the topmost one the user sees."""
        right = ledgers.right_for(project)
        access.require(request.user, right)
        units = Unit.objects.visible_to(request.user)
        unit = units.filter(pk=pk).first() if pk is not None else units.first()
        if unit is None:
            raise Http404
        access.require(request.user, right, unit.path)
        return unit

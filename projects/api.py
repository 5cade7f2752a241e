"""Dues and ledgers over HTTP: the same scope and the same acts as the pages."""

import django_filters
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from members import access
from members.api import IdFilter, ReasonField, Scoped
from members.audit import trace, trace_looks
from members.models import Category, Cause, Unit
from xitun.lib.dates import today

from . import actions, ledgers, registry
from .models import Due

STATES = ("on_time", "late", "closed", "overdue", "open")
REASON = inline_serializer("Reason", {"reason": serializers.CharField(max_length=200)})


def reason_of(request):
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


def _looked(user, dues):
    """A person's words why something restricted is not owed are read; a code of the house says nothing."""
    worded = [due for due in dues if due.restricted and due.closed_why and due.closed_why not in Cause.values]
    if worded:
        trace_looks(user, [(due, [due.person_id] if due.person_id else []) for due in worded])


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

    def paginate_queryset(self, queryset):
        page = super().paginate_queryset(queryset)
        _looked(self.request.user, page)
        return page

    def retrieve(self, request, *args, **kwargs):
        """Reading why a restricted duty was closed is traced, here and in the list."""
        due = self.get_object()
        _looked(request.user, [due])
        return Response(DueSerializer(due).data)

    @extend_schema(request=REASON, responses=DueSerializer)
    @action(detail=True, methods=["post"])
    def waive(self, request, pk=None):
        """The town decides with a reason that this is not owed after all."""
        due = self.get_object()
        access.require(request.user, access.CONFIRM, due.path)
        actions.waive_due(by=request.user, due=due, reason=reason_of(request))
        return Response(DueSerializer(self.get_queryset().get(pk=due.pk)).data)


class PastDay(serializers.DateField):
    """Today or before."""

    def to_internal_value(self, value):
        day = super().to_internal_value(value)
        if day > today():
            raise serializers.ValidationError(_("The date lies ahead. Enter what has happened."))
        return day


class LedgerQuery(serializers.Serializer):
    unit = serializers.IntegerField(required=False, help_text="Only this unit and what lies below it.")
    on = PastDay(required=False, help_text="The ledger as it was valid on this day.")
    known = PastDay(required=False, help_text="Only what had been entered by the end of this day.")
    gone = serializers.BooleanField(
        required=False, default=False, help_text="Also who has left in the year up to that day."
    )
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
        asked_for = {name: asked.get(name) for name in ("on", "known", "gone")}
        found = ledgers.Ledger(project, request.user, unit, **asked_for)
        if project.restricted:
            trace("view_ledger", by=request.user, path=unit.path, restricted=True, purpose=asked["purpose"] or "API")
        cells = [row.cells for row in found.rows(asked["offset"], asked["offset"] + asked["limit"])]
        return Response({"columns": [str(c.heading) for c in found.columns], "rows": cells, "total": found.count})

    def _unit(self, request, project, pk):
        """The unit asked for, or the topmost one the user sees."""
        right = ledgers.right_for(project)
        access.require(request.user, right)
        held = Unit.objects.writable_by(request.user, right=right)
        unit = held.first() if pk is None else Unit.objects.visible_to(request.user).filter(pk=pk).first()
        if unit is None:
            raise Http404
        access.require(request.user, right, unit.path)
        return unit

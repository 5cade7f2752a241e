"""Records and their papers over HTTP: the same scope and the same acts as the pages."""

from dataclasses import replace

import django_filters
from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from members import access
from members.api import IdFilter, ReasonField, Scoped
from members.audit import trace_looks
from members.models import Enrolment, Person, PostHolding, Unit
from members.models.enrolments import NEVER_HELD
from xitun.lib import vault
from xitun.lib.parsing import BoundedJSONParser

from . import actions, registry
from .amending import Amended, amend_record, newest
from .api import REASON, reason_of
from .api_sent import AmendSerializer, PapersSentSerializer, RecordWriteSerializer
from .bin import entry_of
from .forms import detail_form
from .forms_amend import keep_own_choices
from .forms_papers import AddPapersForm
from .models import Discharge, Due, Paper, Record, RecordSubject
from .papers import add_papers, open_paper
from .served import TYPES, served
from .targets import right_for, right_for_record

PARSERS = [MultiPartParser, BoundedJSONParser]  # JSON holds no files, and is told so


def _for(user):
    """What a record is shown with: those of its people and of the dues it settles that the user may see. The record
    itself is often seen for the sake of one of many."""
    people = RecordSubject.objects.filter(person__in=Person.objects.visible_to(user)).order_by("pk")
    settles = Discharge.objects.live().filter(due__in=Due.objects.visible_to(user)).order_by("pk")
    return Prefetch("subjects", people), Prefetch("discharges", settles)


def _looked(user, records):
    """Of records fetched with `_for(user)`."""
    shown = [(row, [s.person_id for s in row.subjects.all()]) for row in records if row.restricted]
    if shown:
        trace_looks(user, shown)


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


class ConflictSerializer(serializers.Serializer):
    """Somebody was quicker: what holds now, or was taken back, beside what was sent."""

    detail = serializers.CharField()
    theirs = RecordSerializer(allow_null=True)
    yours = serializers.DictField()


class PaperSerializer(serializers.ModelSerializer):
    class Meta:
        model = Paper
        fields = "id record name kind size sha256 by at".split()


def _all_visible(queryset, user, ids):
    rows = list(queryset.visible_to(user).filter(pk__in=ids))
    if len(rows) != len(set(ids)):
        raise Http404
    return rows


def _enrolments(user, ids):
    """Those that were ever confirmed; 404 when one is out of sight, or a case that is closed."""
    confirmed = Enrolment.objects.visible_to(user).exclude(status__in=NEVER_HELD).filter(superseded_at=None)
    return _all_visible(confirmed.without_closed_cases().select_related("person", "unit"), user, ids)


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

    def paginate_queryset(self, queryset):
        page = super().paginate_queryset(queryset)
        _looked(self.request.user, page)
        return page

    def retrieve(self, request, *args, **kwargs):
        """A look at a restricted record is traced, here and in the list."""
        record = self.get_object()
        _looked(request.user, [record])
        return Response(RecordSerializer(record).data)

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
        enrolments = _enrolments(user, data["enrolments"])
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

    @extend_schema(request=REASON, responses={200: RecordSerializer, 409: ConflictSerializer})
    @action(detail=True, methods=["post"])
    def void(self, request, pk=None):
        """Take a record back with a reason; what it had settled is open again."""
        record = self.get_object()
        access.require(request.user, right_for_record(record), record.path)
        if record.voided_at and (later := newest(record)) != record:
            return self._conflict(later, str(Amended(later)))
        actions.void_record(by=request.user, record=record, reason=reason_of(request))
        return Response(RecordSerializer(self.get_queryset().get(pk=record.pk)).data)

    @extend_schema(request=AmendSerializer, responses={201: RecordSerializer, 409: ConflictSerializer})
    @action(detail=True, methods=["post"])
    def amend(self, request, pk=None):
        """Put a record right with a reason: a new version takes its place. 409 when this is not the version that holds;
        the same submission_id again changes nothing."""
        record = self.get_object()
        access.require(request.user, right_for_record(record), record.path)
        form = AmendSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        entry, reason = self._amended(record, form.validated_data), form.validated_data["reason"]
        try:
            new = amend_record(by=request.user, record=record, entry=entry, reason=reason)
        except Amended as conflict:
            return self._conflict(conflict.record, str(conflict))
        return Response(RecordSerializer(self.get_queryset().get(pk=new.pk)).data, status=status.HTTP_201_CREATED)

    def _amended(self, record, data):
        user, former = self.request.user, entry_of(record)
        enrolments, dues, people = former.enrolments, data.get("dues"), data.get("people")
        if "enrolments" in data:
            enrolments = tuple(_enrolments(user, data["enrolments"]))
            for path in {enrolment.path for enrolment in enrolments}:
                access.require(user, right_for_record(record), path)
        settled = Due.objects.visible_to(user).filter(discharges__in=record.discharges.live())
        detail = _clean_detail(record.kind, former.detail | data["detail"], said=former.detail)
        day = data.get("happened_on", record.happened_on)
        sent = {"kind": record.kind, "happened_on": day, "attendance": data.get("attendance")}
        return replace(
            former,
            happened_on=day,
            submission_id=data["submission_id"],
            enrolments=enrolments,
            narrative=data.get("narrative", record.narrative),
            detail=detail,
            people=former.people if people is None else tuple(_all_visible(Person.objects, user, people)),
            rows=_rows_again(former, detail) if sent["attendance"] is None else _rows(sent, record.unit, detail),
            dues=tuple(settled if dues is None else _all_visible(Due.objects, user, dues)),
        )

    def _conflict(self, theirs, words):
        theirs = self.get_queryset().filter(pk=theirs.pk).first()
        _looked(self.request.user, [theirs] if theirs else [])
        answer = {"detail": words, "theirs": theirs and RecordSerializer(theirs).data, "yours": self.request.data}
        return Response(answer, status=status.HTTP_409_CONFLICT)

    @extend_schema(responses=PaperSerializer(many=True))
    @action(detail=True, methods=["get"], parser_classes=PARSERS, pagination_class=None, filterset_class=None)
    def papers(self, request, pk=None):
        """The photos and files of a record. A look at what hangs on a restricted one is traced."""
        record = self.get_object()
        _looked(request.user, [record])
        rows = Paper.objects.visible_to(request.user).live().filter(record=record).order_by("pk")
        return Response(PaperSerializer(rows, many=True).data)

    @extend_schema(request={"multipart/form-data": PapersSentSerializer}, responses={201: PaperSerializer(many=True)})
    @papers.mapping.post
    def add(self, request, pk=None):
        """Put photos or files to a record; photos are shrunk and lose their position. The same submission_id again
        keeps nothing twice."""
        record = self.get_object()
        access.require(request.user, right_for_record(record), record.path)
        form = AddPapersForm(request.data if isinstance(request.data, dict) else {}, request.FILES)
        if not form.is_valid():
            raise ValidationError(form.errors.get_json_data())
        papers = add_papers(by=request.user, record=record, sending=form.sending())
        return Response(PaperSerializer(papers, many=True).data, status=status.HTTP_201_CREATED)


class PaperViewSet(Scoped, viewsets.GenericViewSet):
    queryset = Paper.objects.live().select_related("record")
    serializer_class = PaperSerializer

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in TYPES.values()})
    @action(detail=True, methods=["get"])
    def content(self, request, pk=None):
        """The photo or file itself. A look at one of a restricted record is traced."""
        paper = self.get_object()
        try:
            return served(paper, open_paper(by=request.user, paper=paper))
        except vault.Missing:
            raise Http404 from None


def _rows(data, unit, detail):
    """The further rows of a record, as the room's rules complete what was sent."""
    project, kind = registry.kinds()[data["kind"]]
    if not kind.rows:
        return ()
    sent = data["attendance"]
    return registry.rules(project.code).rows_of(kind.code, unit, data["happened_on"], detail, sent)


def _rows_again(former, detail):
    """The further rows of the version that is put right, none of which was sent anew."""
    project, kind = registry.kinds()[former.kind]
    return registry.rules(project.code).rows_again(former.rows, detail) if kind.rows else ()


def _clean_detail(kind, values, *, said=None):
    """The columns as their form understands them; `said`: what the record that is put right says already."""
    form_class = detail_form(kind)
    if form_class is None:
        return {}
    form = form_class(values)
    keep_own_choices(form, kind, said or {})
    if not form.is_valid():
        raise ValidationError({"detail": form.errors.get_json_data()})
    return form.cleaned_data

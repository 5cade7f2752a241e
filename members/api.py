"""People, enrolments and units over HTTP: the same scope and the same acts as the pages."""

import django_filters
from django import forms
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import Exists, OuterRef
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from members import access, actions
from members.audit import trace_list, trace_looks
from members.models import Category, Enrolment, Person, Unit
from members.models.causes import why_said
from members.models.enrolments import EVIDENCE_LENGTH, RESTRICTED_CATEGORIES
from xitun.lib.dates import today
from xitun.lib.ids import mask_id, mask_phone


class ActErrors:
    """Acts raise Django's ValidationError; the API says the same words with status 400. A conflict is 409."""

    def handle_exception(self, exc):
        if isinstance(exc, DjangoValidationError):
            exc = ValidationError(serializers.as_serializer_error(exc))
        if isinstance(exc, actions.Conflict):
            return Response({"detail": str(exc), "version": exc.theirs.version}, status=status.HTTP_409_CONFLICT)
        return super().handle_exception(exc)


class Scoped(ActErrors):
    """A viewset whose rows are what the user may see, newest first."""

    queryset = None

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return self.queryset.visible_to(self.request.user)


@extend_schema_field(OpenApiTypes.INT)
class IdFilter(django_filters.NumberFilter):
    """Rows of one id. An id that is out of sight and one that is not there give the same: no rows."""

    field_class = forms.IntegerField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, min_value=1, max_value=2**63 - 1, **kwargs)  # larger ones overflow the column


class ReasonField(serializers.CharField):
    """Why something ended or was closed: a person's words, or those of a code."""

    def to_representation(self, value):
        return str(why_said(value))


class UnitSerializer(serializers.ModelSerializer):
    class Meta:
        model = Unit
        fields = ("id kind name name_en path starts_on ends_on").split()


class UnitViewSet(Scoped, viewsets.ReadOnlyModelViewSet):
    """The tree, as far as the user may see it."""

    queryset = Unit.objects.all()
    serializer_class = UnitSerializer


class PersonSerializer(serializers.ModelSerializer):
    """ID number and phone are masked; to read them whole is an act with a purpose, on the page."""

    id_number = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()
    category = serializers.SerializerMethodField()

    class Meta:
        model = Person
        fields = (
            "id name pinyin sex ethnicity birth_date id_number phone group joined_on full_member_on "
            "education occupation unit standing category version"
        ).split()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_id_number(self, person):
        return mask_id(person.id_number) if person.id_number else None

    def get_phone(self, person) -> str:
        return mask_phone(person.phone)

    def get_category(self, person) -> str:
        """Empty where the category is not this user's to see, exactly as for people who have none."""
        return person.category if person.category_visible else ""


class PersonWriteSerializer(serializers.ModelSerializer):
    unit = serializers.IntegerField()
    id_number = serializers.CharField(required=False, allow_null=True, max_length=40)
    submission_id = serializers.UUIDField(required=False, help_text="The same one again makes nobody anew.")

    class Meta:
        model = Person
        fields = (
            "unit name sex ethnicity birth_date id_number phone group joined_on full_member_on education "
            "occupation address standing submission_id"
        ).split()


class PersonCorrectSerializer(PersonWriteSerializer):
    """Only the fields that are sent change; `version` is the one last read."""

    unit = submission_id = None
    version = serializers.IntegerField(min_value=1)

    class Meta(PersonWriteSerializer.Meta):
        fields = (
            "version name sex ethnicity birth_date id_number phone group joined_on full_member_on education "
            "occupation address"
        ).split()


class PersonFilter(django_filters.FilterSet):
    unit = IdFilter(field_name="unit_id")
    category = django_filters.ChoiceFilter(choices=Category.choices, method="in_category")

    class Meta:
        model = Person
        fields = ["standing", "sex"]

    def in_category(self, queryset, name, value):
        mine = Enrolment.objects.visible_to(self.request.user).live().filter(category=value, primary=True)
        return queryset.filter(Exists(mine.filter(person=OuterRef("pk"))))


class PersonViewSet(
    Scoped, mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet
):
    queryset = Person.objects.all()
    serializer_class = PersonSerializer
    filterset_class = PersonFilter

    def get_queryset(self):
        seen = Enrolment.objects.visible_to(self.request.user).live().filter(person=OuterRef("pk"), primary=True)
        return super().get_queryset().annotate(category_visible=Exists(seen))

    def paginate_queryset(self, queryset):
        page, category = super().paginate_queryset(queryset), self.request.query_params.get("category")
        if page and category in RESTRICTED_CATEGORIES:
            trace_list(self.request.user, category)
        return page

    def _answer(self, person, code=status.HTTP_200_OK):
        return Response(PersonSerializer(self.get_queryset().get(pk=person.pk)).data, status=code)

    @extend_schema(request=PersonWriteSerializer, responses={201: PersonSerializer})
    def create(self, request, *args, **kwargs):
        """Put a person on a branch's roll; the same submission_id again changes nothing."""
        form = PersonWriteSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        fields = dict(form.validated_data)
        units = Unit.objects.visible_to(request.user).branches().current(today())
        unit = access.get_visible(units, request.user, pk=fields.pop("unit"))
        access.require(request.user, access.WRITE, unit.path)
        return self._answer(actions.register_person(by=request.user, unit=unit, **fields), status.HTTP_201_CREATED)

    @extend_schema(request=PersonCorrectSerializer, responses={200: PersonSerializer, 409: None})
    def partial_update(self, request, *args, **kwargs):
        """Correct what is sent. 409 when somebody else saved since `version`."""
        person = self.get_object()
        access.require(request.user, access.WRITE, person.path)
        form = PersonCorrectSerializer(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        fields = dict(form.validated_data)
        if "version" not in fields:
            raise ValidationError({"version": ["Send the version you last read."]})
        return self._answer(actions.correct_person(by=request.user, person=person, **fields))


class EnrolmentSerializer(serializers.ModelSerializer):
    decision_reason = ReasonField(read_only=True)

    class Meta:
        model = Enrolment
        fields = (
            "id person unit category primary status from_date to_date reason carried_over regularise_by "
            "consent_on notified_on heard_on decided_at decision_reason version"
        ).split()

    def to_representation(self, row):
        """A reason may name what is hidden: it is told to who writes there, and to the person."""
        user = self.context["request"].user
        told = access.scope_of(user).can(access.WRITE, row.path) or user.person_id == row.person_id
        return super().to_representation(row) | ({} if told else {"reason": "", "decision_reason": ""})


class ProposalSerializer(serializers.Serializer):
    person = serializers.IntegerField()
    category = serializers.ChoiceField(choices=Category.choices)
    primary = serializers.BooleanField(default=True)
    on = serializers.DateField(required=False)
    reason = serializers.CharField(max_length=200)
    evidence = serializers.CharField(max_length=EVIDENCE_LENGTH, required=False, help_text="Never read back here.")
    consent_on = serializers.DateField(required=False)
    notified_on = serializers.DateField(required=False)
    heard_on = serializers.DateField(required=False)


DECISION = inline_serializer("Decision", {"reason": serializers.CharField(max_length=200, required=False, default="")})


class EnrolmentFilter(django_filters.FilterSet):
    person = IdFilter(field_name="person_id")
    unit = IdFilter(field_name="unit_id")

    class Meta:
        model = Enrolment
        fields = ["category", "status", "primary", "carried_over"]


class EnrolmentViewSet(
    Scoped, mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet
):
    queryset = Enrolment.objects.filter(superseded_at=None).without_closed_cases()
    serializer_class = EnrolmentSerializer
    filterset_class = EnrolmentFilter

    def paginate_queryset(self, queryset):
        page = super().paginate_queryset(queryset)
        trace_looks(self.request.user, [(row, [row.person_id]) for row in page if row.restricted])
        return page

    def retrieve(self, request, *args, **kwargs):
        row = self.get_object()
        trace_looks(request.user, [(row, [row.person_id])] if row.restricted else [])
        return Response(self.get_serializer(row).data)

    @extend_schema(request=ProposalSerializer, responses={201: EnrolmentSerializer})
    def create(self, request, *args, **kwargs):
        """Propose a category; the town decides."""
        form = ProposalSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        fields = dict(form.validated_data)
        person = access.get_visible(Person.objects, request.user, pk=fields.pop("person"))
        access.require(request.user, access.WRITE, person.path)
        row = actions.propose_category(by=request.user, person=person, **fields)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    def _decide(self, act, **lookup):
        row = self.get_object()
        access.require(self.request.user, access.CONFIRM, row.path)
        form = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
        sent = self.request.data if isinstance(self.request.data, dict) else {}
        reason = form.run_validation(sent.get("reason", ""))
        return Response(self.get_serializer(act(by=self.request.user, enrolment=row, reason=reason)).data)

    @extend_schema(request=DECISION, responses=EnrolmentSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk=None):
        """The town confirms a proposal."""
        return self._decide(actions.confirm_category)

    @extend_schema(request=DECISION, responses=EnrolmentSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request, pk=None):
        """The town sends a proposal back with a reason."""
        return self._decide(actions.return_category)

    @extend_schema(request=DECISION, responses=EnrolmentSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request, pk=None):
        """The town ends an enrolment with a reason; its open dues close."""
        return self._decide(actions.end_category)

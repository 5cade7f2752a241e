"""The basic project 基础工程: direct management of candidates for membership (seed, eighth; DOMAIN 2.8).

The steps are recorded one by one here; the clock that orders them rests on the rules J1–J15 of rules.py.
"""

from django.utils.translation import gettext_lazy as _

from members.models import Category, Standing
from projects.workflow import Cadence, Column, Duty, Kind, Project, Responsible, Subject

from .printed import forms_of

IN_TRAINING = (Standing.ACTIVIST, Standing.TARGET)
VOTE = ("due", "present", "written", "issued", "returned", "in_favour", "against", "abstained")

DUTIES = (
    Duty(
        "application_talk",
        _("talk after the application"),
        Cadence.OCCASION,
        kinds=("application_talk",),
        after="application",
        months=1,
        source="DOMAIN 2.8 J2 [R]",
    ),
    Duty(
        "contact_note",
        _("training contact's note"),
        Cadence.QUARTER,
        kinds=("contact_note",),
        by=Responsible.HELPER,
        standings=IN_TRAINING,
        source="seed 8; DOMAIN 2.8 J4 [R]",
    ),
    Duty(
        "branch_review",
        _("half-yearly branch review"),
        Cadence.HALF,
        kinds=("branch_review",),
        standings=(*IN_TRAINING, Standing.PROBATIONARY),
        source="DOMAIN 2.8 J4 [R]",
    ),
    Duty(
        "director_talk",
        _("half-yearly talk by the director"),
        Cadence.HALF,
        kinds=("director_talk",),
        by=Responsible.DIRECTOR,
        standings=IN_TRAINING,
        source="seed 8; DOMAIN 2.8 [P]",
    ),
    Duty(
        "yearly_analysis",
        _("yearly analysis of the activists"),
        Cadence.YEAR,
        kinds=("yearly_analysis",),
        by=Responsible.TOWN_STAFF,
        subject=Subject.UNIT,
        source="DOMAIN 2.8 [R]",
    ),
    Duty(
        "approval",
        _("approval of the admission"),
        Cadence.OCCASION,
        kinds=("approval",),
        by=Responsible.TOWN_STAFF,
        after="admission_vote",
        months=3,
        source="DOMAIN 2.8 J12 [R]",
    ),
    Duty(
        "conversion_vote",
        _("vote on conversion"),
        Cadence.OCCASION,
        kinds=("conversion_vote",),
        after="admission_vote",
        months=12,
        source="DOMAIN 2.8 J13 [R]",
    ),
    Duty(
        "conversion",
        _("approval of the conversion"),
        Cadence.OCCASION,
        kinds=("conversion",),
        by=Responsible.TOWN_STAFF,
        after="conversion_vote",
        months=3,
        source="DOMAIN 2.8 J14 [R]",
    ),
)

TRAINING_KINDS = (
    Kind("contact_note", _("training contact's note"), "ContactNote", ("study", "work"), icon="file-text"),
    Kind(
        "branch_review", _("half-yearly branch review"), "BranchReview", ("outcome", "findings"), icon="calendar-check"
    ),
    Kind(
        "director_talk",
        _("talk by the director"),
        "DirectorTalk",
        ("form", "topic", "agreed"),
        several=True,
        prompt=_("What was said"),
        icon="chat-dots",
    ),
    Kind("village_task", _("task in village affairs"), "VillageTask", ("area", "task", "result"), icon="list-check"),
    Kind("training", _("concentrated training"), "Training", ("topic", "days", "hours"), several=True, icon="book"),
    Kind(
        "yearly_plan",
        _("yearly plan of new members"),
        "YearlyPlan",
        ("number",),
        subject=Subject.UNIT,
        prompt=_("From which talents"),
        icon="flag",
    ),
    Kind(
        "yearly_analysis",
        _("yearly analysis of the activists"),
        "YearlyAnalysis",
        ("activists", "analysis"),
        subject=Subject.UNIT,
        icon="bar-chart",
    ),
)

STEP_KINDS = (
    Kind("application", _("application for membership"), "Application", ("source", "league"), icon="file-text"),
    Kind(
        "application_talk",
        _("talk after the application"),
        "ApplicationTalk",
        ("talker", "form", "topic", "agreed"),
        icon="chat-dots",
    ),
    Kind("recommendation", _("determined as activist"), "Recommendation", ("way",), icon="clipboard-check"),
    Kind("activist_filing", _("activist filed with the town"), icon="file-text"),
    Kind("contacts", _("training contacts named"), "TrainingContacts", ("first", "second"), icon="people"),
    Kind("target", _("determined as development target"), icon="clipboard-check"),
    Kind("target_filing", _("development target filed with the town"), icon="file-text"),
    Kind("introducers", _("introducers named"), "Introducers", ("first", "second"), icon="people"),
    Kind("political_review", _("political review"), "PoliticalReview", ("result", "conclusion"), icon="search"),
    Kind("committee_review", _("review by the branch committee"), prompt=_("Result"), prompt_required=True),
    Kind("prereview", _("written pre-review"), "Prereview", ("passed", "book_number"), icon="clipboard-check"),
    Kind("publicity", _("publicity"), "Publicity", ("starts_on", "ends_on", "objections"), icon="megaphone"),
    Kind("admission_vote", _("vote on admission"), "AdmissionVote", VOTE, icon="clipboard-check"),
    Kind("approval", _("approval of the admission"), "Approval", ("approved", "approver"), icon="clipboard-check"),
    Kind("oath", _("oath"), several=True, icon="flag"),
    Kind("conversion_application", _("application for conversion"), icon="file-text", afterwards=True),
    Kind("conversion_vote", _("vote on conversion"), "ConversionVote", VOTE, icon="clipboard-check", afterwards=True),
    Kind(
        "conversion",
        _("approval of the conversion"),
        "Conversion",
        ("outcome", "full_on"),
        icon="clipboard-check",
        afterwards=True,
    ),
    Kind("archived", _("file archived"), icon="file-text", afterwards=True),
)

COLUMNS = (
    Column("name", _("name"), "person.name", width=12),
    Column("sex", _("sex"), "person.sex", width=6),
    Column("born", _("born"), "person.birth_date", "date"),
    Column("standing", _("stage"), "person.standing", width=12),
    Column("source", _("background"), "last:application.source", width=14),
    Column("applied", _("applied on"), "last:application.happened_on", "date"),
    Column("talk", _("talk on"), "last:application_talk.happened_on", "date"),
    Column("talker", _("talker"), "last:application_talk.talker", width=10),
    Column("way", _("recommendation"), "last:recommendation.way", width=14),
    Column("activist", _("activist on"), "last:recommendation.happened_on", "date"),
    Column("activist_filing", _("activist filed on"), "last:activist_filing.happened_on", "date"),
    Column("contacts", _("training contacts"), "rule:contact_names", width=16),
    Column("target", _("target on"), "last:target.happened_on", "date"),
    Column("target_filing", _("target filed on"), "last:target_filing.happened_on", "date"),
    Column("introducers", _("introducers"), "rule:introducer_names", width=16),
    Column("review", _("political review result"), "last:political_review.result", width=12),
    Column("training", _("trained on"), "last:training.happened_on", "date"),
    Column("prereview", _("pre-reviewed on"), "last:prereview.happened_on", "date"),
    Column("publicity", _("publicity until"), "last:publicity.ends_on", "date"),
    Column("voted", _("admission meeting on"), "last:admission_vote.happened_on", "date"),
    Column("due", _("due to vote"), "last:admission_vote.due", "number", width=8),
    Column("present", _("present to vote"), "last:admission_vote.present", "number", width=8),
    Column("issued", _("ballots out"), "last:admission_vote.issued", "number", width=8),
    Column("returned", _("ballots back"), "last:admission_vote.returned", "number", width=8),
    Column("in_favour", _("votes for"), "last:admission_vote.in_favour", "number", width=8),
    Column("against", _("votes against"), "last:admission_vote.against", "number", width=8),
    Column("abstained", _("abstentions"), "last:admission_vote.abstained", "number", width=8),
    Column("approved", _("approved on"), "last:approval.happened_on", "date"),
    Column("oath", _("oath on"), "last:oath.happened_on", "date"),
    Column("conversion_vote", _("conversion meeting on"), "last:conversion_vote.happened_on", "date"),
    Column("converted", _("conversion approved on"), "last:conversion.happened_on", "date"),
    Column("full_on", _("full member from"), "last:conversion.full_on", "date"),
)

PROJECT = Project(
    code="direct",
    category=Category.DEVELOPING,
    name=_("Basic project"),
    management=_("Direct management"),
    people=_("Candidates for membership"),
    icon="signpost-split",
    duties=DUTIES,
    kinds=(*TRAINING_KINDS, *STEP_KINDS),
    columns=COLUMNS,
    forms=forms_of(COLUMNS),
)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    """Counts, cycles, scores, seals and the quarterly report, read from what the projects hold."""

    name = "assessments"
    verbose_name = _("Assessments")

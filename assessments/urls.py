"""The quarterly report."""

from django.urls import path

from .views import reports

urlpatterns = [
    path("reports/", reports.reports, name="reports"),
    path("reports/<str:quarter>/", reports.report, name="report"),
    path("reports/<str:quarter>/export/", reports.report_export, name="report-export"),
]

"""Bringing a roster in."""

from django.urls import path

from .views import roster, roster_columns

urlpatterns = [
    path("roster/", roster.roster_import, name="roster-import"),
    path("roster/<uuid:pk>/", roster.roster_preview, name="roster-preview"),
    path("roster/<uuid:pk>/columns/", roster_columns.roster_columns, name="roster-columns"),
    path("roster/<uuid:pk>/confirm/", roster.roster_confirm, name="roster-confirm"),
    path("roster/<uuid:pk>/undo/", roster.roster_undo, name="roster-undo"),
    path("roster/<uuid:pk>/retry/", roster.roster_retry, name="roster-retry"),
    path("roster/<uuid:pk>/discard/", roster.roster_discard, name="roster-discard"),
    path("roster/<uuid:pk>/lines/<int:number>/", roster.roster_mend, name="roster-mend"),
    path("roster/<uuid:pk>/lines/<int:number>/settle/", roster.roster_settle, name="roster-settle"),
    path("roster/<uuid:pk>/words/", roster.roster_word, name="roster-word"),
    path("roster/<uuid:pk>/marked/", roster_columns.roster_marked, name="roster-marked"),
    path("roster/<uuid:pk>/troubles/", roster.roster_troubles, name="roster-troubles"),
]

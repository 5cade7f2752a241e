"""Addresses only this room has: the confirmation link of the host organisation."""

from django.urls import path

from . import views, views_host

urlpatterns = [
    path("projects/joint/enrolments/<int:pk>/host-link/", views.host_link, name="host-link"),
    path("host-links/<int:pk>/revoke/", views.host_link_revoke, name="host-link-revoke"),
    path("host-links/<int:pk>/noted/", views.host_link_note, name="host-link-note"),
    path("confirm/thanks/", views_host.host_thanks, name="host-thanks"),
    path("confirm/<str:token>/", views_host.host_confirm, name="host-confirm"),
]

"""Organisational life: a branch at a glance, study hours, one person's year, the register of a quarter."""

from django.urls import path

from . import views

urlpatterns = [
    path("life/", views.life, name="life"),
    path("life/hours/", views.hours, name="life-hours"),
    path("life/register/", views.register, name="life-register"),
    path("life/people/<int:pk>/", views.person, name="life-person"),
]

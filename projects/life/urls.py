"""Organisational life: a branch at a glance, study hours, one person's year, the register of a quarter."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.life, name="life"),
    path("hours/", views.hours, name="life-hours"),
    path("register/", views.register, name="life-register"),
    path("people/<int:pk>/", views.person, name="life-person"),
]

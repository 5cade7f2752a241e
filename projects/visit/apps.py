from django.apps import AppConfig


class VisitConfig(AppConfig):
    name = "projects.visit"
    label = "projects_visit"

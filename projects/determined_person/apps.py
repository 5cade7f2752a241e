from django.apps import AppConfig


class DeterminedPersonConfig(AppConfig):
    name = "projects.determined_person"
    label = "projects_determined_person"

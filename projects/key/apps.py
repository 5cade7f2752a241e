from django.apps import AppConfig


class KeyConfig(AppConfig):
    name = "projects.key"
    label = "projects_key"

from django.apps import AppConfig


class DirectConfig(AppConfig):
    name = "projects.direct"
    label = "projects_direct"

from django.apps import AppConfig


class GuidanceConfig(AppConfig):
    name = "projects.guidance"
    label = "projects_guidance"

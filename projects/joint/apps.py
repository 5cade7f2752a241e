from django.apps import AppConfig


class JointConfig(AppConfig):
    name = "projects.joint"
    label = "projects_joint"

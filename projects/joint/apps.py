from django.apps import AppConfig


class JointConfig(AppConfig):
    name = "projects.joint"
    label = "projects_joint"

    def ready(self):
        from members import hooks

        from .suggestions import RULES

        hooks.suggestion_rules.extend(RULES)

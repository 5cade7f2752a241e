from django.apps import AppConfig


class JointConfig(AppConfig):
    name = "projects.joint"
    label = "projects_joint"

    def ready(self):
        from members import hooks
        from projects import hooks as engine_hooks

        from . import follow
        from .suggestions import RULES

        engine_hooks.record_amended.append(follow.keep_answer)
        engine_hooks.next_steps.append(follow.end_being_away)
        hooks.suggestion_rules.extend(RULES)

from django.apps import AppConfig


class DirectConfig(AppConfig):
    name = "projects.direct"
    label = "projects_direct"

    def ready(self):
        from members import hooks
        from projects import hooks as engine_hooks

        from . import follow

        engine_hooks.next_steps.append(follow.enter_standing)
        hooks.suggestion_rules.extend(follow.RULES)

from django.apps import AppConfig


class JointConfig(AppConfig):
    name = "projects.joint"
    label = "projects_joint"

    def ready(self):
        from members import hooks
        from projects import hooks as engine_hooks

        from . import follow, host_links
        from .suggestions import RULES

        engine_hooks.record_amended.append(follow.keep_answer)
        engine_hooks.next_steps.append(follow.end_being_away)
        hooks.people_merged.append(host_links.move)
        hooks.merge_undone.append(host_links.give_back)
        hooks.suggestion_rules.extend(RULES)

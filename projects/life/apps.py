from django.apps import AppConfig


class LifeConfig(AppConfig):
    name = "projects.life"
    label = "projects_life"

    def ready(self):
        from members import hooks as members_hooks
        from projects import hooks

        from . import follow
        from .panels import attendance_panel

        hooks.record_amended.append(follow.keep_make_ups)
        hooks.record_panels.append(attendance_panel)
        members_hooks.people_merged.append(follow.move)
        members_hooks.merge_undone.append(follow.give_back)
        members_hooks.written_about.append(follow.records_about)

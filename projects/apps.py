from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    """The engine the eight projects share: what is owed, what was done, and the lists that read both."""

    name = "projects"
    verbose_name = _("Projects")

    def ready(self):
        from members import hooks
        from projects import actions, corrected, merging
        from projects.own import owed_at

        hooks.days_corrected.append(corrected.follow_days)
        hooks.enrolments_ended.append(actions.close_dues_of_enrolments)
        hooks.helper_named.append(actions.give_dues_to_helper)
        hooks.holidays_entered.append(corrected.follow_calendar)
        hooks.merge_undone.append(merging.give_back)
        hooks.people_merged.append(merging.move)
        hooks.person_died.append(actions.open_dues_of_death)
        hooks.posts_left.append(actions.close_dues_of_posts)
        hooks.role_handed_over.append(actions.give_dues_on)
        hooks.written_about.append(actions.records_about)
        hooks.unit_ended.append(actions.close_dues_of_unit)
        hooks.owed_at.append((_("Open duties that close"), owed_at))

from django.apps import AppConfig


class XitunConfig(AppConfig):
    name = "xitun"
    verbose_name = "Xitun"

    def ready(self):
        from members.trace_words import NAMES
        from projects.joint.models_links import Answer
        from projects.trace_words import NAMES as OF_PROJECTS
        from projects.trace_words import label_of

        from . import checks  # noqa: F401

        NAMES.update(OF_PROJECTS | {"answer_host_link.answer": label_of(Answer)})

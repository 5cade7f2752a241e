from django.apps import AppConfig


class TransmissionHelpConfig(AppConfig):
    name = "projects.transmission_help"
    label = "projects_transmission_help"

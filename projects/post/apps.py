from django.apps import AppConfig


class PostConfig(AppConfig):
    name = "projects.post"
    label = "projects_post"

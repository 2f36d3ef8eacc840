"""The app that holds the base templates and the design system."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "showpiece.web"
    label = "web"

"""Addresses of a project's versions in the studio."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

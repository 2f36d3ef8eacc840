"""Addresses of a project's gallery in the studio."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

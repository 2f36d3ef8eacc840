"""Addresses of the studio."""

from django.urls import include, path

urlpatterns = [
    path("projects/<uuid:pk>/gallery/", include("showpiece.catalog.studio.urls_gallery")),
    path("projects/<uuid:pk>/versions/", include("showpiece.catalog.studio.urls_versions")),
]

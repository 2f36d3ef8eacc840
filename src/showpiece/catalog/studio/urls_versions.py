"""Addresses of a project's versions in the studio."""

from django.urls import path

from showpiece.catalog.studio import views_versions as views

urlpatterns = [
    path("", views.versions, name="studio_versions"),
    path("<uuid:release>/", views.version, name="studio_version"),
    path("<uuid:release>/files/add/", views.file_add, name="studio_file_add"),  # ends as settings.RELEASE_PATH says
    path("<uuid:release>/files/<uuid:file>/remove/", views.file_remove, name="studio_file_remove"),
    path("<uuid:release>/publish/", views.publish, name="studio_version_publish"),
    path("<uuid:release>/withdraw/", views.withdraw, name="studio_version_withdraw"),
    path("<uuid:release>/delete/", views.delete, name="studio_version_delete"),
]

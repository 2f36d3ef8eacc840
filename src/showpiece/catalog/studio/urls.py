"""Addresses of the studio."""

from django.urls import include, path

from showpiece.catalog.studio import views, views_history, views_people, views_project, views_publish

PROJECT = "projects/<uuid:pk>/"

urlpatterns = [
    path("", views.studio, name="studio"),
    path("join/", views.studio_join, name="studio_join"),
    path("page/", views.studio_page, name="studio_page"),
    path("invitations/<uuid:pk>/", views.studio_invitation, name="studio_invitation"),
    path("projects/new/", views.studio_project_new, name="studio_project_new"),
    path(PROJECT, views_project.studio_project_details, name="studio_project"),
    path(f"{PROJECT}draft/", views_project.studio_draft, name="studio_draft"),
    path(f"{PROJECT}draft/discard/", views_project.studio_draft_discard, name="studio_draft_discard"),
    path(f"{PROJECT}markdown/", views_project.studio_markdown, name="studio_markdown"),
    path(f"{PROJECT}publish/", views_publish.studio_publish, name="studio_publish"),
    path(f"{PROJECT}unschedule/", views_publish.studio_unschedule, name="studio_unschedule"),
    path(f"{PROJECT}archive/", views_publish.studio_archive, name="studio_archive"),
    path(f"{PROJECT}restore/", views_publish.studio_restore, name="studio_restore"),
    path(f"{PROJECT}preview-link/", views_publish.studio_preview_renew, name="studio_preview_renew"),
    path(f"{PROJECT}people/", views_people.studio_people, name="studio_people"),
    path(f"{PROJECT}people/<uuid:contributor>/role/", views_people.studio_person_role, name="studio_person_role"),
    path(f"{PROJECT}people/<uuid:contributor>/remove/", views_people.studio_person_remove, name="studio_person_remove"),
    path(f"{PROJECT}history/", views_history.studio_history, name="studio_history"),
    path(f"{PROJECT}history/<uuid:change>/", views_history.studio_change, name="studio_change"),
    path(f"{PROJECT}gallery/", include("showpiece.catalog.studio.urls_gallery")),
    path(f"{PROJECT}versions/", include("showpiece.catalog.studio.urls_versions")),
]

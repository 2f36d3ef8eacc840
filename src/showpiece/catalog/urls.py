from django.urls import include, path

from showpiece.catalog import views, views_releases

urlpatterns = [
    path("projects/", views.project_list, name="project_list"),
    path("studio/", include("showpiece.catalog.studio.urls")),
    path("categories/<slug:slug>/", views.project_list, name="category"),
    path("@<slug:creator>/<slug:project>/versions/", views_releases.versions, name="versions"),
    path("@<slug:creator>/<slug:project>/files/<uuid:file>/", views_releases.release_file, name="release_file"),
]

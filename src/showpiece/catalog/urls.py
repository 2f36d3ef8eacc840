from django.urls import include, path

from showpiece.catalog import views, views_project, views_releases

urlpatterns = [
    path("projects/", views.project_list, name="project_list"),
    path("studio/", include("showpiece.catalog.studio.urls")),
    path("categories/<slug:slug>/", views.project_list, name="category"),
    path("@<slug:creator>/<slug:project>/versions/", views_releases.versions, name="versions"),
    path("@<slug:creator>/<slug:project>/files/<uuid:file>/", views_releases.release_file, name="release_file"),
    path("@<slug:creator>/<slug:project>/rating/", views_project.project_rate, name="project_rate"),
    path("@<slug:creator>/<slug:project>/archive/", views_project.project_archive, name="project_archive"),
    path("@<slug:creator>/<slug:project>/restore/", views_project.project_restore, name="project_restore"),
    path("@<slug:creator>/<slug:project>/feature/", views_project.project_feature, name="project_feature"),
]

from django.urls import include, path

from showpiece.catalog import views

urlpatterns = [
    path("projects/", views.project_list, name="project_list"),
    path("studio/", include("showpiece.catalog.studio.urls")),
    path("categories/<slug:slug>/", views.project_list, name="category"),
]

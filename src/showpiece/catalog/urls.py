from django.urls import path

from showpiece.catalog import views

urlpatterns = [
    path("projects/", views.project_list, name="project_list"),
    path("categories/<slug:slug>/", views.project_list, name="category"),
]

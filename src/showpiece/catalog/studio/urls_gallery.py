"""Addresses of a project's gallery in the studio."""

from django.urls import path

from showpiece.catalog.studio import views_gallery as views

urlpatterns = [
    path("", views.gallery, name="studio_gallery"),
    path("add/", views.gallery_add, name="studio_gallery_add"),  # ends as settings.GALLERY_PATH says
    path("order/", views.gallery_order, name="studio_gallery_order"),
    path("<uuid:picture>/", views.picture_edit, name="studio_picture"),
    path("<uuid:picture>/move/", views.picture_move, name="studio_picture_move"),
    path("<uuid:picture>/remove/", views.picture_remove, name="studio_picture_remove"),
]

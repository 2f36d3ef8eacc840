"""Addresses below `accounts/`."""

from django.urls import path

from showpiece.accounts.privacy import views

urlpatterns = [
    path("data/", views.data, name="account_data"),
    path("data/state/", views.data_state, name="account_data_state"),
    path("data/download/", views.data_download, name="account_data_download"),
    path("delete/", views.delete, name="account_delete"),
    path("delete/cancel/", views.keep, name="account_keep"),
    path("delete/requested/", views.delete_requested, name="account_delete_requested"),
]

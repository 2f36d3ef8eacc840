"""Addresses of payments."""

from django.urls import path

from showpiece.payments import views

urlpatterns = [
    path("payments/sandbox/<slug:name>/", views.sandbox, name="sandbox"),
    path("payments/events/<slug:source>/", views.events, name="payment_events"),
]

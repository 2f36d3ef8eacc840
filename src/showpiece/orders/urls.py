"""Addresses of carts and orders."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def soon(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise NotImplementedError


urlpatterns = [
    path("orders/<slug:number>/", soon, name="order"),
    path("orders/<slug:number>/<str:secret>/", soon, name="order_guest"),
    path("studio/sales/", soon, name="studio_sales"),
]

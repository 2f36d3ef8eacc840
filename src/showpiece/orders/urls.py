"""Addresses of carts and orders."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, register_converter

from showpiece.orders.bundles import BundleSlug
from showpiece.orders.views_bundles import bundle


def soon(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise NotImplementedError


register_converter(BundleSlug, "bundle")

urlpatterns = [
    path("orders/<slug:number>/", soon, name="order"),
    path("orders/<slug:number>/<str:secret>/", soon, name="order_guest"),
    path("studio/", include("showpiece.orders.studio.urls")),
    path("@<slug:creator>/bundles/<bundle:slug>/", bundle, name="bundle"),
]

"""Every address of the site, one line a room."""

from django.urls import include, path

from showpiece.config.admin import loaded_site

urlpatterns = [
    # Before the pages of projects: a creator's "supporters" are none.
    path("", include("showpiece.donations.urls")),
    path("", include("showpiece.web.urls")),
    path("admin/", loaded_site().urls),
    path("", include("showpiece.accounts.urls")),
    path("", include("showpiece.mail.urls")),
    path("", include("showpiece.demos.urls")),
    path("", include("showpiece.api.urls")),
    path("", include("showpiece.payments.urls")),
    path("", include("showpiece.orders.urls")),
    path("", include("showpiece.catalog.urls")),
]
handler400 = "showpiece.web.errors.bad_request"
handler403 = "showpiece.web.errors.permission_denied"
handler404 = "showpiece.web.errors.not_found"
handler429 = "showpiece.web.errors.too_many_requests"  # of allauth, by Django's custom
handler500 = "showpiece.web.errors.server_error"

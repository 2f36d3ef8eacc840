"""Addresses of the studio about money."""

from django.urls import path

from showpiece.orders.studio import views_bundles, views_codes, views_licenses, views_sales

urlpatterns = [
    path("sales/", views_sales.sales, name="studio_sales"),
    path("sales/csv/", views_sales.sales_csv, name="studio_sales_csv"),
    path("codes/", views_codes.codes, name="studio_codes"),
    path("codes/new/", views_codes.code_new, name="studio_code_new"),
    path("codes/<uuid:pk>/", views_codes.code, name="studio_code"),
    path("codes/<uuid:pk>/switch/", views_codes.code_switch, name="studio_code_switch"),
    path("projects/<uuid:pk>/licenses/", views_licenses.project_licenses, name="studio_licenses"),
    path("projects/<uuid:pk>/licenses/<uuid:key>/reset/", views_licenses.license_reset, name="studio_license_reset"),
    path("bundles/", views_bundles.bundles, name="studio_bundles"),
    path("bundles/new/", views_bundles.bundle_new, name="studio_bundle_new"),
    path("bundles/<uuid:pk>/", views_bundles.bundle, name="studio_bundle"),
    path("bundles/<uuid:pk>/status/", views_bundles.bundle_status, name="studio_bundle_status"),
]

"""Addresses of carts and orders."""

from django.urls import include, path, register_converter

from showpiece.orders import views_cart, views_checkout, views_finding, views_orders, views_paying
from showpiece.orders.bundles import BundleSlug
from showpiece.orders.delivery import views_downloads, views_library, views_licenses
from showpiece.orders.delivery.views_versions import version_mails
from showpiece.orders.receipts import views as views_receipts
from showpiece.orders.views_bundles import bundle

FILE, VERSIONS, MAILS = "files/<uuid:file>/", "versions/<uuid:entitlement>/", "mails/<uuid:entitlement>/"
MACHINE = "machines/<uuid:machine>/remove/"
ORDER, GUEST = "orders/<slug:number>/", "orders/<slug:number>/<str:secret>/"
RETURN = "return/<uuid:payment>/"
register_converter(BundleSlug, "bundle")

urlpatterns = [
    path("cart/", views_cart.cart, name="cart"),
    path("cart/add/", views_cart.cart_add, name="cart_add"),
    path("cart/remove/", views_cart.cart_remove, name="cart_remove"),
    path("cart/promo/", views_cart.cart_promo, name="cart_promo"),
    path("checkout/<slug:currency>/", views_checkout.checkout, name="checkout"),
    path("orders/", views_orders.orders, name="orders"),
    path("library/", views_library.library, name="library"),
    path("downloads/<str:token>/", views_downloads.download, name="download"),
    path("orders/find/", views_finding.orders_find, name="orders_find"),
    path("orders/take-over/", views_finding.orders_take_over, name="orders_take_over"),
    # Before those of guests, whose secret is no such word.
    path(f"{ORDER}pay/", views_paying.order_pay, name="order_pay"),
    path(f"{ORDER}cancel/", views_paying.order_cancel, name="order_cancel"),
    path(f"{ORDER}change/", views_paying.order_change, name="order_change"),
    path(f"{ORDER}{RETURN}", views_paying.order_return, name="order_return"),
    path(f"{ORDER}{FILE}", views_downloads.order_file, name="order_file"),
    path(f"{ORDER}{VERSIONS}", views_library.order_versions, name="order_versions"),
    path(f"{ORDER}{MAILS}", views_library.order_mails, name="order_mails"),
    path(f"{ORDER}receipt/", views_receipts.receipt, name="order_receipt"),
    path(f"{ORDER}receipt.pdf", views_receipts.receipt_pdf, name="order_receipt_pdf"),
    path(f"{ORDER}{MACHINE}", views_licenses.machine_remove, name="order_machine_remove"),
    path(ORDER, views_orders.order, name="order"),
    path(f"{GUEST}pay/", views_paying.order_pay, name="order_guest_pay"),
    path(f"{GUEST}cancel/", views_paying.order_cancel, name="order_guest_cancel"),
    path(f"{GUEST}change/", views_paying.order_change, name="order_guest_change"),
    path(f"{GUEST}{RETURN}", views_paying.order_return, name="order_guest_return"),
    path(f"{GUEST}{FILE}", views_downloads.order_file, name="order_guest_file"),
    path(f"{GUEST}{VERSIONS}", views_library.order_versions, name="order_guest_versions"),
    path(f"{GUEST}{MAILS}", views_library.order_mails, name="order_guest_mails"),
    path(f"{GUEST}receipt/", views_receipts.receipt, name="order_guest_receipt"),
    path(f"{GUEST}receipt.pdf", views_receipts.receipt_pdf, name="order_guest_receipt_pdf"),
    path(f"{GUEST}{MACHINE}", views_licenses.machine_remove, name="order_guest_machine_remove"),
    path(GUEST, views_orders.order, name="order_guest"),
    path("versions/mails/<str:token>/", version_mails, name="version_mails"),
    # Creators and their sales
    path("studio/", include("showpiece.orders.studio.urls")),
    path("@<slug:creator>/bundles/<bundle:slug>/", bundle, name="bundle"),
]

"""Addresses of giving."""

from django.urls import include, path

from showpiece.donations import views_donate, views_donations, views_paying, views_walls

DONATION, GUEST = "donations/<slug:number>/", "donations/<slug:number>/<str:secret>/"
RETURN = "return/<uuid:payment>/"

urlpatterns = [
    path("donate/", views_donate.donate, name="donate"),
    path("donations/", views_donations.donations, name="donations"),
    # Before those of guests, whose secret is no such word.
    path(f"{DONATION}pay/", views_paying.donation_pay, name="donation_pay"),
    path(f"{DONATION}cancel/", views_paying.donation_cancel, name="donation_cancel"),
    path(f"{DONATION}{RETURN}", views_paying.donation_return, name="donation_return"),
    path(DONATION, views_donations.donation, name="donation"),
    path(f"{GUEST}pay/", views_paying.donation_pay, name="donation_guest_pay"),
    path(f"{GUEST}cancel/", views_paying.donation_cancel, name="donation_guest_cancel"),
    path(f"{GUEST}{RETURN}", views_paying.donation_return, name="donation_guest_return"),
    path(GUEST, views_donations.donation, name="donation_guest"),
    path("", include("showpiece.donations.urls_pledges")),
    # No project's address ends so, see `catalog`.
    path("@<slug:creator>/supporters/", views_walls.creator_wall, name="creator_supporters"),
    path("@<slug:creator>/<slug:project>/supporters/", views_walls.project_wall, name="project_supporters"),
    # Creators, and what they were given
    path("studio/", include("showpiece.donations.studio.urls")),
]

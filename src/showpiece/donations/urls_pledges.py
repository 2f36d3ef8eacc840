"""Addresses of monthly donations."""

from django.urls import path

from showpiece.donations import views_pledges

PLEDGE, GUEST = "pledges/<slug:number>/", "pledges/<slug:number>/<str:secret>/"

urlpatterns = [
    path("pledges/", views_pledges.pledges, name="pledges"),
    # Before those of guests, whose secret is no such word.
    path(f"{PLEDGE}start/", views_pledges.pledge_start, name="pledge_start"),
    path(f"{PLEDGE}return/", views_pledges.pledge_return, name="pledge_return"),
    path(f"{PLEDGE}end/", views_pledges.pledge_end, name="pledge_end"),
    path(f"{PLEDGE}card/", views_pledges.pledge_card, name="pledge_card"),
    path(PLEDGE, views_pledges.pledge, name="pledge"),
    path(f"{GUEST}start/", views_pledges.pledge_start, name="pledge_guest_start"),
    path(f"{GUEST}return/", views_pledges.pledge_return, name="pledge_guest_return"),
    path(f"{GUEST}end/", views_pledges.pledge_end, name="pledge_guest_end"),
    path(f"{GUEST}card/", views_pledges.pledge_card, name="pledge_guest_card"),
    path(GUEST, views_pledges.pledge, name="pledge_guest"),
]

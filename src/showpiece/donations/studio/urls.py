"""Addresses of the studio about what was given."""

from django.urls import path

from showpiece.donations.studio import views_goals, views_received

urlpatterns = [
    path("donations/", views_received.received, name="studio_donations"),
    path("donations/csv/", views_received.received_csv, name="studio_donations_csv"),
    path("donations/<uuid:pk>/wall/", views_received.on_wall, name="studio_donation_wall"),
    path("goals/", views_goals.goals, name="studio_goals"),
    path("goals/<uuid:project>/", views_goals.goal, name="studio_goal"),
    path("goals/<uuid:project>/close/", views_goals.goal_close, name="studio_goal_close"),
    path("goals/<uuid:project>/switch/", views_goals.switch, name="studio_donations_switch"),
]

"""Pages that belong to no room."""

from django.urls import path

from showpiece.catalog.feeds import AtomProjectFeed, ProjectFeed
from showpiece.web import health, pages
from showpiece.web.media import public_media
from showpiece.web.preferences import preferences
from showpiece.web.views_styleguide import styleguide

urlpatterns = [
    path("", pages.front, name="front"),
    path("@<slug:name>/", pages.person, name="person"),
    path("@<slug:name>/feed/", ProjectFeed(), name="creator_feed"),
    path("@<slug:name>/feed/atom/", AtomProjectFeed(), name="creator_feed_atom"),
    path("@<slug:creator>/<slug:project>/", pages.project, name="project"),
    path("@<slug:creator>/<slug:project>/about/", pages.about, name="about"),
    path("preview/<uuid:pk>/<str:key>/", pages.project_preview, name="project_preview"),
    path("media/<path:name>", public_media, name="media"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("preferences/", preferences, name="preferences"),
    path("styleguide/", styleguide, name="styleguide"),
]

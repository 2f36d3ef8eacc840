from django.conf import settings
from django.urls import path

from showpiece.demos import events, views

urlpatterns = [
    path("@<slug:creator>/<slug:project>/run/", views.demo_run, name="demo_run"),
    path(f"@<slug:creator>/<slug:project>/{settings.FILM_PATH}", views.demo_run_film, name="demo_run_film"),
    path("@<slug:creator>/<slug:project>/sample/", views.demo_sample, name="demo_sample"),
    path("runs/<uuid:run_id>/", views.run_page, name="run"),
    path("runs/<uuid:run_id>/panel/", views.run_panel, name="run_panel"),
    path("runs/<uuid:run_id>/events/", events.run_events, name="run_events"),
    path("runs/<uuid:run_id>/files/<uuid:file_id>/", views.run_file, name="run_file"),
    path("runs/<uuid:run_id>/files/<uuid:file_id>/poster/", views.run_poster, name="run_poster"),
    path("runs/<uuid:run_id>/tables/<slug:name>/", views.run_table, name="run_table"),
    path("runs/<uuid:run_id>/output.json", views.run_json, name="run_json"),
    path("runs/<uuid:run_id>/cancel/", views.run_cancel, name="run_cancel"),
    path("runs/<uuid:run_id>/delete/", views.run_delete, name="run_delete"),
]

"""The one address under which all of the API lies."""

from django.urls import path

from showpiece.api.views import v1

urlpatterns = [path("v1/", v1, {"rest": ""}), path("v1/<path:rest>", v1, name="api")]

"""The ASGI application that the web server runs."""

import os
from typing import cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "showpiece.config.settings")

from showpiece.config.body_limit import Application, BodyLimit

application = BodyLimit(cast(Application, get_asgi_application()))

"""The ASGI application that the web server runs."""

import os
from typing import cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "showpiece.config.settings")

from showpiece.config.body_limit import Application, BodyLimit
from showpiece.config.handler import get_application

application = BodyLimit(cast(Application, get_application()))

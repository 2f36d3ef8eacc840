"""Django's admin on a site of our own, with the models of our rooms and no others.

Other packages' pages for their models are not loaded: they show tokens, secrets and whole mails. Ours are loaded with
the addresses of the site and not at start: a worker has no pages, and they take 13 MB.
"""

from importlib import import_module

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.module_loading import module_has_submodule


class BackOfficeConfig(SimpleAdminConfig):
    default = True
    default_site = "showpiece.web.back_office.BackOffice"


def loaded_site() -> admin.AdminSite:
    """The site with what every room registers in its module `admin`."""
    for room in apps.get_app_configs():
        if room.name.startswith("showpiece.") and module_has_submodule(room.module, "admin"):
            import_module(f"{room.name}.admin")
    return admin.site

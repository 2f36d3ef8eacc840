"""`showpiece manage`: Django's own commands."""

import os
import sys


def main(arguments: list[str]) -> int:
    """Run one of them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "showpiece.config.settings")
    from django.core.management import ManagementUtility

    sys.argv = ["showpiece manage", *arguments]
    ManagementUtility(sys.argv).execute()
    return 0

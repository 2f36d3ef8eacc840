"""The app that holds the base templates and the design system."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "showpiece.web"
    label = "web"

    def ready(self) -> None:
        """A person and a creator of one name would have one address, and the accounts know of no creators."""
        from showpiece.accounts import addresses
        from showpiece.catalog.selectors import is_creator_address

        addresses.register(is_creator_address)

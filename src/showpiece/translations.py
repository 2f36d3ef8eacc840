"""Texts that people wrote, in more than one language."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def in_language(translations: dict[str, dict[str, str]], field: str) -> str:
    """The translation of `field` into the reader's language, "" where there is none."""
    language = (get_language() or "").partition("-")[0]
    return translations.get(language, {}).get(field, "")


class Translated(models.Model):
    """Keeps translations of a row's own texts, `{"ru": {"name": …}}`, beside the texts in its first language."""

    translatable: tuple[str, ...] = ()

    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        abstract = True

    def in_language(self, field: str) -> str:
        """The text of `field` in the reader's language, else as it was written."""
        original: str = getattr(self, field)
        return in_language(self.translations, field) or original

    def clean(self) -> None:
        """A translation obeys the limits of the field that it translates."""
        super().clean()
        for texts in self.translations.values():
            for name, text in texts.items():
                if name not in self.translatable:
                    raise ValidationError({"translations": _("%(name)s is not a text.") % {"name": name}})
                field: models.Field[Any, Any] = self._meta.get_field(name)  # type: ignore[assignment]
                try:
                    field.run_validators(text)
                except ValidationError as error:
                    raise ValidationError({"translations": error.messages}) from error

"""Countries, named in the reader's language."""

import unicodedata
from functools import lru_cache

from babel import Locale
from django.utils.translation import get_language, to_locale

# What CLDR names beside the countries of ISO 3166: unions, islands without a code of their own, and codes for tests.
_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


def countries() -> list[tuple[str, str]]:
    """Code and name of every country, by name."""
    return _countries(to_locale(get_language() or "en"))


def country_name(code: str) -> str:
    """The name of a country, or its code if it has none."""
    return dict(countries()).get(code, code)


@lru_cache(maxsize=8)
def _countries(locale: str) -> list[tuple[str, str]]:
    names = Locale.parse(locale).territories
    found = [(code, name) for code, name in names.items() if len(code) == 2 and code not in _NO_COUNTRIES]
    return sorted(found, key=lambda row: unicodedata.normalize("NFKD", row[1]).casefold())

"""What every page knows about its visitor's wishes."""

from typing import TypedDict

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info

THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")


class Language(TypedDict):
    code: str
    name: str


class Preferences(TypedDict):
    theme: str
    language: str
    languages: list[Language]


def chosen_theme(request: HttpRequest) -> str:
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else "auto"


def preferences(request: HttpRequest) -> Preferences:
    """Context processor: the server writes the theme into the page, so it never flashes and needs no script."""
    return {
        "theme": chosen_theme(request),
        "language": get_language() or settings.LANGUAGE_CODE,
        # Each language in its own words: who reads only Russian finds "Русский" on an English page.
        "languages": [
            {"code": code, "name": str(get_language_info(code)["name_local"]).capitalize()}
            for code, _name in settings.LANGUAGES
        ],
    }

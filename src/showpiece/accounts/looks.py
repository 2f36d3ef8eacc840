"""What names look like, so that one that looks like another can be found: the skeletons of Unicode's standard 39.

Two names with the same look cannot be told apart, or hardly. A look is for comparing only; nobody ever sees one.
"""

import re
import unicodedata
from typing import Any

from django.db.models import CharField, Func

LOOK_MAX_LENGTH = 100

# From the standard's confusables.txt: letters that have a twin among the Latin ones, of the scripts in which a whole
# word can be written with such letters alone. Words that mix scripts are refused anyhow (names.py).
# ruff: noqa: RUF001
_TWINS = (
    # Cyrillic
    ("ЅІЈАВЕКМНОРСТУХЬагеорсухѕіјѡѴѵҮүһҽӀӏԁԌԛԜԝꙇ", "SlJABEKMHOPCTYXbareopcyxsijwVvYyhelidGqWwi"),
    # Greek
    ("ͿΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγινορσυϜϳϺᴦ", "JABEZHlKMNOPTYXayivopouFjMr"),
    # Armenian
    ("ՍՏՕագզհոռսցքօ", "USOwqqhnnugfo"),
    # Cherokee
    ("ᎠᎡᎢᎥᎩᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏳᏴꭵꮁꮃꮓꮩꮪꮯ", "DRTiYAJEWMHYGhZbRWSVSLCPKdGBirwzvsc"),
    # Latin
    ("ɑɡɩɪƖǀꞘꞙ", "agiillFf"),
    ("I1|0", "lllO"),
)
_TO_LATIN = {ord(letter): twin for letters, twins in _TWINS for letter, twin in zip(letters, twins, strict=True)}
# How digits are read as letters, and letters that differ only in a dot, which decides in names of the site itself.
_READ_AS = str.maketrans("0134578i|", "oleastbll")


def name_look(name: str) -> str:
    """What a name that is shown looks like. Case counts: it can be seen."""
    plain = unicodedata.normalize("NFKD", name).translate(_TO_LATIN)
    return unicodedata.normalize("NFKD", plain)[:LOOK_MAX_LENGTH]


def username_look(username: str) -> str:
    """What a username looks like, in small letters, for its case does not count. The same as `UsernameLook`."""
    seen = username.replace("I", "l").replace("1", "l").replace("0", "o").lower()
    return seen.replace("rn", "m").replace("vv", "w").replace("_", "-")


class UsernameLook(Func):
    """`username_look` in the database. Written out, without parameters, so that an index on it is recognised."""

    template = (
        "replace(replace(replace(lower(replace(replace(replace("
        "%(expressions)s, 'I', 'l'), '1', 'l'), '0', 'o')), 'rn', 'm'), 'vv', 'w'), '_', '-')"
    )
    output_field = CharField()


def loose_looks(word: str) -> frozenset[str]:
    """What a word looks like to somebody who reads fast: "4dm1n" as "admin". Only for the few names of the site.

    Two of them, for some capital letters have twins that the small ones have not.
    """
    return frozenset(_loose(name_look(cased)) for cased in (word, word.casefold()))


def _loose(look: str) -> str:
    return re.sub(r"[\W_]", "", look.casefold().translate(_READ_AS)).replace("rn", "m").replace("vv", "w")


class NameLookField(CharField):  # type: ignore[type-arg]  # unknown to Django itself
    """What the text of the field `of` looks like, kept with it. With `update_fields` both have to be named."""

    def __init__(self, *args: Any, of: str, **options: Any) -> None:
        self.of = of
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, arguments, options = super().deconstruct()
        return name, path, arguments, {**options, "of": self.of}

    def pre_save(self, instance: Any, add: bool) -> str:
        look = name_look(getattr(instance, self.of))
        setattr(instance, self.attname, look)
        return look

"""Addresses made from names."""

from collections.abc import Container

from django.utils.text import slugify

# As passports write them (ICAO 9303), and the letters that Ukrainian and Belarusian have beside Russian.
_CYRILLIC = dict(
    zip("абвгдезийклмнопрстуфхыэёіўґ", "abvgdeziiklmnoprstufhyeeiug", strict=True),
    ж="zh", х="kh", ц="ts", ч="ch", ш="sh", щ="shch", ъ="", ь="", ю="iu", я="ia", є="ie", ї="i",
)  # fmt: skip
MAX_LENGTH = 100


def address_of(name: str) -> str:
    """`Карта дорог 2` as `karta-dorog-2`: letters, digits and hyphens; "project" where nothing is left."""
    latin = "".join(_CYRILLIC.get(letter, letter) for letter in name.lower())
    return slugify(latin)[:MAX_LENGTH].strip("-_") or "project"


def free_address(name: str, taken: Container[str]) -> str:
    """The address of that name, with a number behind it if it is among those taken."""
    wanted, number = address_of(name), 1
    address = wanted
    while address in taken:
        number += 1
        ending = f"-{number}"
        address = wanted[: MAX_LENGTH - len(ending)] + ending
    return address

"""Writing numbers for people."""

from django.utils.formats import number_format


def rounded(value: float, digits: int = 0) -> str:
    """A number with so many digits after the point, as the reader's language writes it.

    Django's `number_format` cuts the other digits off instead of rounding.
    """
    return number_format(f"{value:.{digits}f}", digits)

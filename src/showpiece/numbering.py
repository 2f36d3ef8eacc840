"""Numbers that people read out, and secrets that links carry."""

from django.utils.crypto import get_random_string

# Without what is taken for something else when it is read out: 0 and O, 1, I and L. About 8e11 numbers.
NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
NUMBER_LENGTH = 8


def new_number() -> str:
    """A number of an order or a donation, as `7KQ2-M9XA`. Not secret: it opens nothing."""
    text = get_random_string(NUMBER_LENGTH, NUMBER_ALPHABET)
    return f"{text[:4]}-{text[4:]}"


def new_secret() -> str:
    """Part of a link that opens something to whoever has it: 238 bits."""
    return get_random_string(40)

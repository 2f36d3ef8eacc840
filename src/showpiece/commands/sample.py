"""`showpiece sample`: fill the shop with the sample projects."""

from showpiece.commands import manage


def main(arguments: list[str]) -> int:
    """Prints the sample accounts when it made them."""
    return manage.main(["sample", *arguments])

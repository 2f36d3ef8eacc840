"""Keys that forms make: one press, one row."""


class KeyReused(Exception):  # noqa: N818  # not every one is an error
    """The key of a form was used for something else."""

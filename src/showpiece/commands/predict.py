"""`showpiece predict`: a model on files, without a server and without Django."""

import os


def main(arguments: list[str]) -> int:
    """Hand over to the predictors' own command."""
    from showpiece.config.paths import home

    # The predictors know nothing of a repository: tell them where the weights are, from whatever folder this is called.
    os.environ.setdefault("SHOWPIECE_HOME", str(home()))
    from showpiece_predictors.cli import main as predict

    return predict(arguments)

"""`showpiece predict`: a model on files, without a server and without Django."""


def main(arguments: list[str]) -> int:
    """Hand over to the predictors' own command."""
    from showpiece_predictors.cli import main as predict

    return predict(arguments)

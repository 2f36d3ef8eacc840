"""`showpiece models`: the weights of the models that are live, fetched once."""

from showpiece.commands.console import Problem, Steps, say


def main(arguments: list[str]) -> int:
    """Fetch what is missing."""
    fetch(Steps(1))
    return 0


def fetch(steps: Steps) -> None:
    """Bring every file that is missing, and say which."""
    from showpiece.config.paths import models_folder
    from showpiece_predictors import weights

    folder = models_folder()
    missing = weights.missing(None, folder)
    if not missing:
        steps.next("Model weights: there")
        return
    with steps.during(f"Model weights: fetching {len(missing)}"):
        try:
            weights.ensure(missing, folder, lambda line: say(f"    {line}"))
        except OSError as error:
            raise Problem(f"Cannot fetch the weights: {error}.", "Check the network and start again.") from error

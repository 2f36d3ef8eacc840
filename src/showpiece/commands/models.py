"""`showpiece models`: the weights of the predictors, fetched once."""

from showpiece.commands.console import Problem, Steps, say


def main(arguments: list[str]) -> int:
    """Fetch what is missing."""
    fetch(Steps(1))
    return 0


def lacking() -> list[str]:
    """The weights that the installed predictors want and that are not there, or not whole."""
    from showpiece.config.paths import models_folder
    from showpiece_predictors import get, names, weights

    wanted = sorted({key for name in names() for key in get(name).weights})
    return list(weights.missing(wanted, models_folder()))


def fetch(steps: Steps) -> None:
    """Bring every file that is missing, and say which."""
    from showpiece.config.paths import models_folder

    missing = lacking()
    if not missing:
        steps.next("Model weights: there")
        return
    from showpiece_predictors import weights

    with steps.during(f"Model weights: fetching {len(missing)}"):
        try:
            weights.ensure(missing, models_folder(), lambda line: say(f"    {line}"))
        except OSError as error:
            raise Problem(f"Cannot fetch the weights: {error}.", "Check the network and start again.") from error

"""`showpiece models`: the weights of the predictors, fetched once."""

from showpiece.commands.console import Problem, Steps, say


def main(arguments: list[str]) -> int:
    """Fetch what is missing or damaged."""
    fetch(Steps(1), thorough=True)
    return 0


def wanted() -> list[str]:
    """The weights of all installed predictors."""
    from showpiece_predictors import get, names

    return sorted({key for name in names() for key in get(name).weights})


def lacking(*, thorough: bool = False) -> list[str]:
    """Those that are not there; if `thorough`, also those whose hash is wrong (it reads every file)."""
    from showpiece.config.paths import models_folder
    from showpiece_predictors import weights

    return (weights.verify if thorough else weights.missing)(wanted(), models_folder())


def fetch(steps: Steps, *, thorough: bool = False) -> None:
    """Bring every file that is missing, and say which."""
    from showpiece.config.paths import models_folder

    missing = lacking(thorough=thorough)
    if not missing:
        steps.next("Model weights: there")
        return
    from showpiece_predictors import weights

    with steps.during(f"Model weights: fetching {len(missing)}"):
        try:
            weights.ensure(missing, models_folder(), lambda line: say(f"    {line}"))
        except weights.WeightsError as error:
            raise Problem(str(error), "Then start again.") from error

from pathlib import Path

import pytest

import showpiece_predictors.faces
from tests import parts

ENGINES = {
    "sqlite-embedded": (False, False),
    "postgres-embedded": (True, False),
    "sqlite-rabbitmq": (False, True),
    "postgres-rabbitmq": (True, True),
}


# The two that differ most, for what does not depend on each pair.
EXTREMES = ["sqlite-embedded", "postgres-rabbitmq"]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment of each pair of database and queue."""
    postgres, rabbitmq = ENGINES[request.param]
    env = {}
    if postgres:
        env["DATABASE_URL"] = request.getfixturevalue("fresh_postgres")
    if rabbitmq:
        env["BROKER_URL"] = parts.rabbitmq_url()
    return env


@pytest.fixture
def fresh_postgres() -> "object":
    """A database of this test's own."""
    parts.postgres_url()  # skips by name where there is no server
    with parts.new_postgres_database() as url:
        yield url


@pytest.fixture(scope="session")
def sample_photo() -> bytes:
    return (Path(showpiece_predictors.faces.__file__).parent / "sample.jpg").read_bytes()

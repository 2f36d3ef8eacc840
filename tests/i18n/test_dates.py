"""Dates as the pages write them: they stand inside sentences."""

from datetime import UTC, datetime

import pytest
from django.utils import translation
from django.utils.formats import date_format

MOMENT = datetime(2026, 11, 26, 5, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("en", "26 November 2026", "26 November 2026, 05:07"),
        ("ru", "26 ноября 2026", "26 ноября 2026, 05:07"),
    ],
)
def test_dates(language: str, day: str, moment: str) -> None:
    with translation.override(language):
        assert date_format(MOMENT, "DATE_FORMAT") == day
        assert date_format(MOMENT, "DATETIME_FORMAT") == moment

"""Without the abbreviation behind the year: its full stop would stand before that of the sentence."""

DATE_FORMAT = "j E Y"
DATETIME_FORMAT = "j E Y, H:i"

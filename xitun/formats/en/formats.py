"""English dates as everywhere in the house: 30 Sep 2026, 30 Sep."""

DATE_FORMAT = "j M Y"
MONTH_DAY_FORMAT = "j M"
SHORT_DATE_FORMAT = DATE_FORMAT

"""Chinese dates as people write them: 8月9日, not 08月09日. All else is Django's own."""

MONTH_DAY_FORMAT = "n月j日"

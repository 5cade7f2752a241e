"""What the engine tells the rooms and the apps above, in the same transaction. They register in AppConfig.ready(); the
engine never imports them."""

from collections.abc import Callable

# called with (record, new) when a record was put right by a new version: life lets what made up for it follow
record_amended: list[Callable] = []
# called with (user, record); answers (template, context) of what a record's page shows besides, or None
record_panels: list[Callable] = []
# called with (user, record); answers (words, url) of what is usually done after such a record was saved, or None
next_steps: list[Callable] = []

"""Compile locale/**/*.po into .mo without gettext's tools; fuzzy entries are left out. Also a script, for set-up."""

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent.parent / "locale"


def compile_all(folder: Path = LOCALE) -> list[Path]:
    """Write every .mo beside its .po. Raises OSError or ValueError (with file and line) for a broken .po."""
    made = []
    for source in sorted(folder.rglob("*.po")):
        try:
            catalogue = polib.pofile(str(source), encoding="utf-8", check_for_duplicates=True)
        except (OSError, ValueError) as error:
            raise ValueError(f"{source}: {error}") from None
        target = source.with_suffix(".mo")
        catalogue.save_as_mofile(str(target))
        made.append(target)
    return made


if __name__ == "__main__":
    for path in compile_all():
        print(path)

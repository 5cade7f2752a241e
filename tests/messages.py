"""Every text the source marks for translation, taken by gettext itself from a copy of the tree."""

import shutil
import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("xitun", "members", "projects", "assessments", "templates", "static/xitun")
KINDS = {".py", ".html", ".txt", ".js"}


def missing_tools() -> list[str]:
    """The gettext programs that makemessages needs and this machine lacks."""
    return [tool for tool in ("xgettext", "msguniq", "msgmerge", "msgattrib") if not shutil.which(tool)]


def extract(folder: Path) -> polib.POFile:
    """Run makemessages over a copy of the sources in `folder` (empty). RuntimeError with its words when it fails."""
    for name in SOURCES:
        for source in (ROOT / name).rglob("*"):
            if source.suffix in KINDS and "migrations" not in source.parts:
                target = folder / source.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
    (folder / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "-l", "zh_Hans", "--add-location", "file"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    made = folder / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    if done.returncode or not made.exists():
        raise RuntimeError(f"makemessages failed: {done.stderr or done.stdout}")
    return polib.pofile(str(made), encoding="utf-8")

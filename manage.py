#!/usr/bin/env python
"""Django's command line. `python3 run.py manage …` runs it inside the project's own environment."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xitun.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit(
            f"Django is not installed here ({error}). Use `python3 run.py manage {' '.join(sys.argv[1:])}`."
        ) from None
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

"""One import in a process of its own: `python -m tests.benchmarks.alone MODULE ours|theirs FILE ROWS`, as JSON.

Joins the database that `make bench` named in the environment.
"""

import json
import os
import sys
from importlib import import_module
from pathlib import Path


def main(module: str, side: str, file: str, rows: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
    import django

    django.setup()
    measured = import_module(f"tests.benchmarks.{module}").measured
    json.dump(measured(side, Path(file), int(rows)), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])

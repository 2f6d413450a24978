"""One import in a process of its own: `python -m tests.benchmarks.alone ours|theirs FILE PEOPLE`, as JSON.

Joins the database that `make bench` named in the environment.
"""

import json
import os
import sys
from pathlib import Path


def main(side: str, file: str, people: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
    import django

    django.setup()
    from tests.benchmarks.imports import measured

    json.dump(measured(side, Path(file), int(people)), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])

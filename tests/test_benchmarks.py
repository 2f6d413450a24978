"""`make bench` goes through all its measures; at this size their values say nothing."""

import json
import os
import subprocess
import sys

from portal.launch.state import ROOT
from tests.database import copy_of_template

MEASURES = (
    "list of 50",
    "queries of the list",
    "XLSX of",
    "楼幢图 of 200 doors",
    "form of",
    "search by pinyin",
    "search box while typing",
    "list / Django admin's",
    "memory of an XLSX",
    "import of",
    "peak memory",
    "reading process",
    "front page",
    "hotline rows",
    "donor table",
    "import of 60 members",
    "list of members",
    "month report at",
    "import of 60 ledger rows",
    "定岗定责一览",
    "tracking page",
    "queries of the list of requests",
    "requests: overdue",
)
"""One of each module and each process that the full run starts."""


def test_a_tiny_run_ends_with_every_measure(tmp_path):
    out = tmp_path / "bench.json"
    inherited = {key: value for key, value in os.environ.items() if key != "LIREN_LOGIN"}
    with copy_of_template(f"liren_bench_{os.getpid()}") as database_urls:
        environment = inherited | database_urls | {"SIZE": "tiny", "BENCH_OUT": str(out)}
        run = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stdout + run.stderr
    rows = json.loads(out.read_text())
    names = [row["name"] for row in rows]
    assert [start for start in MEASURES if not any(name.startswith(start) for name in names)] == []
    assert [row for row in rows if row["value"] <= 0 or row["reference"] <= 0] == []

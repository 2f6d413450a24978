"""`make bench`: ratios measured in one run, as a table and in `var/bench.json`. SIZE=10000 leaves out the million."""

import json
import os
import sys
from pathlib import Path

from portal.launch.postgres import embedded_server
from portal.launch.state import state_folder


def main(out: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
    import django

    django.setup()
    from tests.benchmarks import (
        beside,
        data,
        donations,
        duties,
        filling,
        finance,
        hotline,
        imports,
        measures,
        members,
        served,
    )
    from tests.benchmarks.sizes import SIZES

    _migrate()
    data.empty()
    data.grow(1)
    director = data.director()
    browser = measures.Browser(director)
    data.grow_requests(1)
    _say(f"1 community, {SIZES.community:,} people")
    results = _shown([*measures.list_against_bare(browser), *measures.export_against_import_export(browser)])
    results += _shown(measures.chart_against_list(browser, data.tall_building()))
    results += _shown(duties.measures(browser))
    results += _shown(members.list_against_empty(browser))
    results += _shown(finance.report_against_small(browser, director))
    results += _shown(donations.measures(browser))
    results += _shown(measures.queries_of_requests(browser))
    results += _shown(filling.measures())
    if SIZES.total > SIZES.community:
        browser.choose(column=measures.COLUMNS)
        communities = SIZES.total // SIZES.community
        with beside.small_copy():
            data.grow(communities)
            data.grow_requests(communities)
            _say(f"{communities} communities, {SIZES.total:,} people")
            results += _shown([*measures.growth(browser), *measures.box_against_list(browser)])
        results += _shown(measures.against_admin(browser))
        codes = [("bench0", SIZES.community), (data.large(SIZES.large), SIZES.large)]
        results += _shown(measures.memory_of_exports(codes))
    results += _shown(served.measures())
    results += _shown([*imports.measures(), *hotline.measures(), *members.imports(), *finance.imports()])
    rows = measures.as_rows(results)
    out.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")


def _shown(measurements: list) -> list:
    for m in measurements:
        _say(
            f"{'ok  ' if m.ok else 'MISS'} {m.ratio:>8.2f} {m.bar:<7}"
            f" {m.value:>10.1f} of {m.reference:>10.1f} {m.unit:<8} {m.name}"
        )
    return measurements


def _migrate() -> None:
    """With the owner's login; everything measured runs with the web process's."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    web = connections["default"].settings_dict
    connections["default"].settings_dict = web | {
        key: settings.DATABASES["owner"][key] for key in ("USER", "PASSWORD")
    }
    call_command("migrate", interactive=False, verbosity=0)
    connections["default"].close()
    connections["default"].settings_dict = web


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with embedded_server(state_folder(), name="pg-bench", fsync=False):
        main(Path(os.environ["BENCH_OUT"]))

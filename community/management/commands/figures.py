"""`manage.py figures`: the figures of a community, worked out now; status 2 without such a community."""

import json
from decimal import Decimal

from django.core.management.base import BaseCommand
from django.utils import timezone

from community.communities.models import Community
from portal.access.db_scope import APP, scope
from portal.hooks.registry import Hook, call_hooks


class Command(BaseCommand):
    help = "按台账实时计算一个社区的数据总览。"

    def add_arguments(self, parser):
        parser.add_argument("--community", required=True, metavar="CODE", help="社区代号，如 kuocang")
        parser.add_argument("--year", type=int, metavar="YYYY", help="年度，默认为上一个完整年度")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *, community: str, year: int | None, json: bool, **options):
        row = Community.objects.filter(code=community).first()
        if row is None:
            self.stderr.write(f"没有代号为“{community}”的社区，请检查 --community。")
            raise SystemExit(2)
        year = year or timezone.localdate().year - 1
        with scope(APP, communities=[row.id], action="figures"):
            figures = list(call_hooks(Hook.FIGURES, row.ref, year))
            self.stdout.write(_as_json(row, year, figures) if json else _as_table(row, year, figures))


def _as_json(community: Community, year: int, figures) -> str:
    numbers = {figure.key: _number(figure.value) for figure in figures}
    content = {"community": community.code, "year": year, "figures": numbers}
    return json.dumps(content, ensure_ascii=False, indent=2)


def _as_table(community: Community, year: int, figures) -> str:
    lines = [f"{community.name} {year}年度（当前数字截至{timezone.localdate():%Y-%m-%d}）"]
    for figure in figures:
        value = "未填" if figure.value is None else f"{_number(figure.value)} {figure.unit}"
        lines.append(f"{figure.label}\t{value}\t{figure.key}")
    return "\n".join(lines)


def _number(value: int | Decimal | None) -> int | float | None:
    """A JSON number: whole ones without a decimal point."""
    if value is None or value == int(value):
        return None if value is None else int(value)
    return float(value)

"""`manage.py import_residents FILE --community CODE [--apply] [--json]`: the browser's import, from the shell."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils import timezone

from community.communities.models import Community
from portal.access.db_scope import APP, scope
from portal.importing import batches, memory
from portal.importing.account import KINDS
from portal.importing.proposal import MARKS_NOTICE, propose
from portal.importing.protocol import GOOD, CheckResult, ImportTarget
from portal.importing.tally import CheckTotals
from portal.spreadsheets.errors import SpreadsheetError
from portal.spreadsheets.limits import FILE_MIB
from portal.spreadsheets.reading import read_workbook
from portal.values.sizes import MIB
from residents.importing.importer import PeopleImporter

REGISTER = "residents:person"
TOOK_NOTHING, UNUSABLE = 1, 2
NOTHING_TAKEN = "没有一行可以导入，没有写入任何内容；请按错误和提醒改正表格后再试。"
_SHOWN = 20


class Unusable(Exception):
    """The file or the community cannot be used; the sentence says why."""


class Command(BaseCommand):
    help = "检查或导入居民花名册等表格。不加 --apply 时只检查，不写入任何内容。"

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="电子表格文件（.xlsx）")
        parser.add_argument("--community", required=True, metavar="CODE", help="社区代号")
        parser.add_argument("--apply", action="store_true", help="写入无误的行")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")

    def handle(self, *, file, community, apply, json, **options):
        try:
            outcome = self._import(Path(file), community, apply)
        except (Unusable, SpreadsheetError) as problem:
            self.stderr.write(str(problem))
            sys.exit(UNUSABLE)
        self.stdout.write(_as_json(outcome) if json else _as_text(outcome, apply))
        if apply and not outcome["applied"]:
            self.stderr.write(NOTHING_TAKEN)
            sys.exit(TOOK_NOTHING)

    def _import(self, file: Path, code: str, apply: bool) -> dict:
        community = Community.objects.filter(code=code).first()
        if community is None:
            raise Unusable(f"没有代号为 {code} 的社区，请核对 --community")
        content = _content_of(file)
        importer, tally = PeopleImporter(), CheckTotals(keeps_findings=True)
        into = ImportTarget(community.pk, None, timezone.localdate())
        write = [community.pk] if apply else []
        with scope(APP, communities=[community.pk], write=write, action="import_residents"):
            workbook = read_workbook(content, file.name)
            if not apply:
                proposal = memory.with_remembered_mappings(
                    propose(workbook, importer), REGISTER, importer, into
                )
                checked = batches.check_workbook(workbook, proposal, importer, into)
                for _ in tally.count_rows(checked.rows):
                    pass
                return _outcome(checked, tally, applied=False)
            batch = batches.receive(
                importer, into, register=REGISTER, name=file.name, content=content, workbook=workbook
            )
            checked = batches.check(batch, importer, into, workbook=workbook, tally=tally)
            result = batches.apply(batch, importer, into)
            took = sum(tally.by_verdict[verdict] for verdict in GOOD) > len(result.conflicts)
            return _outcome(checked, tally, applied=took, conflicts=result.conflicts)


def _content_of(file: Path) -> bytes:
    """The file's bytes, up to the size limit."""
    try:
        with file.open("rb") as stream:
            return stream.read(FILE_MIB * MIB + 1)
    except FileNotFoundError:
        raise Unusable(f"没有找到文件 {file}") from None
    except OSError as problem:
        raise Unusable(f"文件 {file} 无法读取：{problem.strerror}") from problem


def _outcome(checked: CheckResult, tally: CheckTotals, *, applied: bool, conflicts=()) -> dict:
    counts = tally.counts
    del counts["error"]
    findings = tally.findings
    places = [listing.items for listing in checked.listings if listing.key == "new_places"]
    warnings = [*checked.warnings, *(f for f in findings if not f.is_error), *conflicts]
    return counts | {
        "new_places": places[0] if places else [],
        "warnings": [finding.as_dict() for finding in warnings],
        "errors": [finding.as_dict() for finding in findings if finding.is_error],
        "applied": applied,
        **checked.account.as_dict(),
    }


def _as_json(outcome: dict) -> str:
    return json.dumps(outcome, ensure_ascii=False, indent=2)


def _as_text(outcome: dict, apply: bool) -> str:
    counts = "，".join(
        f"{label} {outcome[key]} 人"
        for key, label in (
            ("new", "新增"),
            ("changed", "有变化"),
            ("unchanged", "无变化"),
            ("duplicate", "重复"),
        )
    )
    lines = [f"共 {outcome['rows']} 人：{counts}；新增房屋 {len(outcome['new_places'])} 套。"]
    kinds = "，".join(f"{KINDS[kind]} {count}" for kind, count in outcome["rows_by_kind"].items() if count)
    lines.append(f"文件共 {outcome['source_rows']} 行：{kinds}。")
    if ignored := outcome["ignored_columns"]:
        names = "、".join(f"{c['sheet']}“{c['column']}”（{c['filled']} 格）" for c in ignored)
        lines.append(f"没有导入的栏目：{names}。")
    for key, label in (("errors", "错误"), ("warnings", "提醒")):
        findings = outcome[key]
        if not findings:
            continue
        lines.append(f"{label} {len(findings)} 条：")
        lines += [
            f"  {f['sheet']} 第 {f['row']} 行 {f['column']}{'“' + f['value'] + '”' if f['value'] else ''}：{f['message']}"
            for f in findings[:_SHOWN]
        ]
        if len(findings) > _SHOWN:
            lines.append(f"  另有 {len(findings) - _SHOWN} 条，完整清单请加 --json 查看。")
    lines.append(MARKS_NOTICE)
    if not apply:
        lines.append("以上为检查结果，没有写入；加 --apply 导入无误的行。")
    elif outcome["applied"]:
        lines.append("无误的行已导入。")
    return "\n".join(lines)

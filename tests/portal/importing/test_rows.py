"""Rows on their way into a register: findings, verdict, and whether they still do what was shown."""

from types import SimpleNamespace

import pytest

from portal.importing.protocol import APART, CHANGED, DUPLICATE, ERROR, NEW, UNCHANGED, CheckedRow
from portal.importing.rows import ImportedRow, duplicate_groups
from portal.importing.tally import CheckTotals
from portal.spreadsheets import findings
from portal.spreadsheets.cells import NO_RESULT
from portal.spreadsheets.findings import Finding

EXISTING = SimpleNamespace(id=12, version=3)
CHANGE = ("电话", "", "13800000001")


def row(number=2, sheet="Sheet1", **attributes) -> ImportedRow:
    return ImportedRow(sheet=sheet, number=number, headers={"name": "姓名"}, **attributes)


def shown(verdict, *changes, match=None, choice="") -> CheckedRow:
    return CheckedRow("Sheet1", 2, "李明", verdict, {}, match=match, changes=[*changes], choice=choice)


def test_findings_name_the_header_and_an_error_refuses_the_row():
    line = row()
    line.warning("name", "李明 ", "请核对")
    assert line.verdict == NEW
    line.error("phone", 1380000000.0, "号码不对")
    assert [(f.column, f.value, f.severity) for f in line.findings] == [
        ("姓名", "李明", "warning"),
        ("", "1380000000", "error"),
    ]
    assert (line.verdict, line.is_good, len(line.errors)) == (ERROR, False, 1)


def test_formula_without_value_is_an_error_only_where_it_is_needed():
    line = row()
    line.report_formula("name", is_needed=False)
    assert not line.is_refused
    line.report_formula("name", is_needed=True)
    assert line.is_refused
    assert {finding.value for finding in line.findings} == {NO_RESULT}


def test_changes_are_masked_and_told_once():
    line = row(match=EXISTING)
    assert line.verdict == UNCHANGED
    line.change("备注", "", "号码 330106198003011234")
    line.change("备注", "", "号码 330106198003011234")
    assert line.changes == (("备注", "", "号码 3301**************"),)
    assert line.verdict == CHANGED


def test_duplicates_form_a_group_with_their_first_row():
    first, second, other_sheet, ambiguous = row(), row(3), row(2, "Sheet2"), row(9, candidates=[EXISTING])
    second.mark_duplicate(first, "name", "李明", "同一人")
    other_sheet.mark_duplicate(first, "name", "李明", "同一人")
    assert "与第 2 行是同一人" in second.findings[0].message
    assert "与Sheet1 第 2 行是同一人" in other_sheet.findings[0].message
    assert (second.verdict, ambiguous.verdict) == (DUPLICATE, DUPLICATE)
    groups = duplicate_groups([row(1), first, second, ambiguous, other_sheet])
    assert groups[first] == groups[second] == groups[other_sheet] != groups[ambiguous]
    assert len(groups) == 4


@pytest.mark.parametrize(
    ("now", "before", "fits"),
    [
        (row(), shown(NEW), True),
        (row(match=EXISTING), shown(NEW), False),
        (row(), shown(CHANGED, CHANGE, match=(12, 3)), False),
        (row(match=EXISTING, changes=(CHANGE,)), shown(CHANGED, CHANGE, match=(12, 3)), True),
        (row(match=EXISTING, changes=(CHANGE,)), shown(CHANGED, CHANGE, match=(12, 2)), False),
        (row(match=EXISTING, changes=(CHANGE,)), shown(CHANGED, match=(12, 3)), False),
        (row(match=EXISTING, changes=(CHANGE,)), shown(UNCHANGED, match=(12, 3)), False),
        (row(match=EXISTING), shown(CHANGED, CHANGE, match=(12, 2)), True),
        (row(match=EXISTING), shown(UNCHANGED, match=(13, 3)), False),
        (row(match=EXISTING, candidates=[EXISTING]), shown(UNCHANGED, match=(12, 3)), False),
        (row(match=EXISTING, changes=(CHANGE,)), shown(DUPLICATE, choice="12:3"), True),
        (row(match=EXISTING, changes=(CHANGE,)), shown(DUPLICATE, choice="12:2"), False),
        (row(), shown(DUPLICATE, match=(12, 3), choice=APART), True),
        (row(match=EXISTING), shown(DUPLICATE, match=(12, 3), choice=APART), False),
    ],
)
def test_row_fits_when_it_does_what_was_shown_or_decided_or_less(now, before, fits):
    now.shown = before
    assert now.fits_preview is fits


def test_forgotten_comparison_leaves_the_row_as_it_was_restored():
    line = row(match=EXISTING, changes=(CHANGE,), duplicate_of=row(1))
    line.error("", "", "与台账不符")
    line.forget_comparison()
    assert (line.verdict, line.changes, line.findings) == (NEW, (), ())


def test_totals_count_errors_and_warnings():
    def checked(number, *severities):
        met = [Finding("Sheet1", number, "姓名", "", "请核对", severity) for severity in severities]
        return CheckedRow("Sheet1", number, "李明", NEW, {}, findings=met)

    totals = CheckTotals()
    rows = [checked(2), checked(3, findings.ERROR, findings.WARNING), checked(4, findings.WARNING)]
    assert list(totals.count_rows(rows)) == rows
    assert (totals.rows, totals.errors, totals.warnings, totals.rows_with_warnings) == (3, 1, 2, 2)

"""Totals of a check, counted while its rows are iterated on their way to staging."""

from collections.abc import Iterable, Iterator

from portal.importing.protocol import VERDICTS, CheckedRow, CheckResult
from portal.spreadsheets.findings import Finding


class CheckTotals:
    """Counts of rows and findings; with `keeps_findings` also the findings, for the shell."""

    def __init__(self, *, keeps_findings: bool = False):
        self.by_verdict = dict.fromkeys(VERDICTS, 0)
        self.rows = self.errors = self.warnings = self.rows_with_warnings = 0
        self.findings: list[Finding] = []
        self._keeps = keeps_findings

    def count_rows(self, rows: Iterable[CheckedRow]) -> Iterator[CheckedRow]:
        """Pass the rows through, counting each."""
        for row in rows:
            self.rows += 1
            self.by_verdict[row.verdict] += 1
            if row.findings:
                errors = sum(finding.is_error for finding in row.findings)
                self.errors += errors
                self.warnings += len(row.findings) - errors
                self.rows_with_warnings += errors < len(row.findings)
                if self._keeps:
                    self.findings += row.findings
            yield row

    @property
    def counts(self) -> dict[str, int]:
        """Number of rows in total and by verdict."""
        return {"rows": self.rows, **self.by_verdict}

    def report(self, checked: CheckResult) -> dict:
        """Report of the check, stored in the batch."""
        return {
            "counts": self.counts,
            "errors": self.errors,
            "warnings": self.warnings + len(checked.warnings),
            "rows_with_warnings": self.rows_with_warnings,
            "sheet_warnings": [finding.as_dict() for finding in checked.warnings],
            **checked.account.as_dict(),
            **({"file_report": checked.file_report} if checked.file_report else {}),
            "listings": [
                {"key": item.key, "title": item.title, "hint": item.hint, "items": item.items}
                for item in checked.listings
            ],
        }

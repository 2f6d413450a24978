"""What a check found in all, gathered while its rows pass by on their way to staging."""

from collections.abc import Iterable, Iterator

from portal.importing.protocol import VERDICTS, Checked, CheckedRow
from portal.spreadsheets.findings import Finding


class Tally:
    """Counts of rows and findings; with `keeps_findings` also the findings themselves, as the shell shows them."""

    def __init__(self, *, keeps_findings: bool = False):
        self.by_verdict = dict.fromkeys(VERDICTS, 0)
        self.rows = self.errors = self.warnings = self.rows_with_warnings = 0
        self.findings: list[Finding] = []
        self._keeps = keeps_findings

    def over(self, rows: Iterable[CheckedRow]) -> Iterator[CheckedRow]:
        """The same rows; each is counted when it has been asked for."""
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
        """Rows in all and by verdict."""
        return {"rows": self.rows, **self.by_verdict}

    def report(self, checked: Checked) -> dict:
        """What a batch keeps of its check beside the rows."""
        return {
            "counts": self.counts,
            "errors": self.errors,
            "warnings": self.warnings + len(checked.warnings),
            "rows_with_warnings": self.rows_with_warnings,
            "sheet_warnings": [finding.as_dict() for finding in checked.warnings],
            **checked.account.as_dict(),
            "listings": [
                {"key": item.key, "title": item.title, "hint": item.hint, "items": item.items}
                for item in checked.listings
            ],
        }

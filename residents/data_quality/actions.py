"""Data quality checks (数据体检): run them, and mark findings as reviewed."""

import datetime
from collections.abc import Callable, Mapping

from django.db import transaction
from django.utils import timezone

from portal.access.db_scope import set_change_context
from portal.forms.refusals import NoChange, NoReason
from portal.hooks.data_quality import Rule
from residents.data_quality import findings as data_quality_findings
from residents.data_quality.id_numbers import check_id_numbers
from residents.data_quality.models import DataQualityRun, IssueReview

RETENTION_DAYS = 400
"""Retention of runs: a little more than a year, for the comparison."""


@transaction.atomic
def run_data_quality_checks(
    *, community, step: Callable[[int, int], None] = lambda done, total: None
) -> DataQualityRun:
    """Run all checks, ID numbers included, and store the number of findings of each."""
    check_id_numbers(community, step)
    counts = data_quality_findings.counts(data_quality_findings.all_rules(), community)
    old = timezone.now() - datetime.timedelta(days=RETENTION_DAYS)
    DataQualityRun.objects.of(community).filter(at__lt=old).delete()
    return DataQualityRun.objects.create(community_id=community.id, counts=counts)


@transaction.atomic
def review_findings(*, by, community, check: Rule, seen_marks: Mapping[int, str], reason: str, access) -> int:
    """Mark findings as reviewed and correct (核对无误); returns how many. Idempotent.

    seen_marks: key of the row → its mark as the list showed it; a finding that has changed since stays listed.
    """
    if not reason.strip():
        raise NoReason("请写明核对无误的理由")
    rows = data_quality_findings.findings(check, community).filter(pk__in=seen_marks)
    rows = rows.filter(pk__in=[row.pk for row in rows if str(row.mark) == seen_marks[row.pk]])
    findings = list(rows)
    if not findings:
        raise NoChange("已选内容刚刚有变化，请核对最新内容")
    set_change_context(action="核对无误", reason=reason.strip()[:200])
    names = [wrong.name for wrong in check.describe(rows, access, community)]
    IssueReview.objects.bulk_create(
        [
            IssueReview(
                community_id=community.id,
                finding=check.key,
                subject=row.stored_label,
                row_id=row.pk,
                name=name[:120],
                mark=str(row.mark)[:80],
                reason=reason.strip()[:200],
                by=by,
            )
            for row, name in zip(findings, names, strict=True)
        ],
        ignore_conflicts=True,
    )
    return len(findings)


@transaction.atomic
def remove_review(*, by, review: IssueReview) -> None:
    """Remove the review (核对无误): the finding is listed again."""
    set_change_context(action="重新列出", reason="")
    review.delete()

"""Data quality (数据体检): rules, the rows that violate them, and reviews that accept a finding.

A rule is a declaration (`portal.hooks.data_quality.Rule`), provided by the hook `DATA_QUALITY`; this package has those of people, homes
and places, and what all have in common. Counts and lists are queried live. Only ID
numbers are checked by a job, since they must be decrypted (`residents.data_quality.id_numbers`); its run also stores the counts
for the to-do and for the comparison with last time.
"""

from collections.abc import Iterable, Iterator

from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Cast

from portal.access.user_access import Access
from portal.hooks.data_quality import Rule, Severity
from portal.hooks.registry import Hook, call_hooks
from residents.data_quality.models import DataQualityRun, IssueReview


def all_rules() -> list[Rule]:
    """The rules of all apps, the most serious first."""
    weights = list(Severity)
    return sorted(
        call_hooks(Hook.DATA_QUALITY), key=lambda check: (weights.index(check.severity), check.order)
    )


def rules_for(access: Access, community) -> list[Rule]:
    """Rules whose findings this user may see."""
    return [check for check in all_rules() if access.can(check.right, community)]


def findings(check: Rule, community) -> models.QuerySet:
    """The rows that violate a rule, annotated with `mark`."""
    rows = check.find(community)
    if "mark" in rows.query.annotations:
        return rows
    return rows.annotate(mark=Cast("version", models.CharField()))


def open_findings(check: Rule, community) -> models.QuerySet:
    """Open findings: not accepted by a review with the same `mark`."""
    return findings(check, community).exclude(Exists(_reviews_of(check)))


def accepted_findings(check: Rule, community) -> models.QuerySet:
    """Findings accepted by a review with the same `mark`."""
    return findings(check, community).filter(Exists(_reviews_of(check)))


def _reviews_of(check: Rule) -> models.QuerySet:
    looked_at = IssueReview.objects.filter(
        community=OuterRef("community"), finding=check.key, row_id=OuterRef("pk"), mark=OuterRef("mark")
    )
    return looked_at.order_by()


def counts(checks: Iterable[Rule], community) -> dict[str, int]:
    """Number of open findings per rule, one query each."""
    return {check.key: rows.order_by().count() for check, rows in _open_findings(checks, community)}


def findings_about(
    row: models.Model, checks: Iterable[Rule], community
) -> list[tuple[Rule, models.QuerySet]]:
    """Open findings about one row or its dependent rows (a person's residences), without hints.

    All rules are checked in one query.
    """
    narrowed = []
    name = type(row)._meta.model_name
    wrong = [check for check in checks if check.severity is not Severity.HINT]
    for check, rows in _open_findings(wrong, community):
        if rows.model is type(row):
            rows = rows.filter(check.related_to(row) if check.related_to else models.Q(pk=row.pk))
        elif any(f.name == name and f.related_model is type(row) for f in rows.model._meta.concrete_fields):
            rows = rows.filter(**{name: row.pk})
        else:
            continue
        narrowed.append(rows.order_by().values_list(models.Value(check.key), "pk"))
    if not narrowed:
        return []
    first, *others = narrowed
    hits: dict[str, list[int]] = {}
    for key, pk in first.union(*others, all=True) if others else first:
        hits.setdefault(key, []).append(pk)
    return [
        (check, findings(check, community).filter(pk__in=hits[check.key]))
        for check in wrong
        if check.key in hits
    ]


def _open_findings(checks: Iterable[Rule], community) -> Iterator[tuple[Rule, models.QuerySet]]:
    """Open findings per rule; rules without any review skip that subquery."""
    reviewed = set(IssueReview.objects.of(community).order_by().values_list("finding", flat=True).distinct())
    for check in checks:
        yield check, open_findings(check, community) if check.key in reviewed else check.find(community)


def latest_run(community) -> DataQualityRun | None:
    return latest_runs([community.id]).first()


def latest_runs(ids: Iterable[int]) -> models.QuerySet[DataQualityRun]:
    """The last run of each of these communities."""
    runs = DataQualityRun.objects.in_communities(ids)
    return runs.order_by("community_id", "-at", "-id").distinct("community_id")


def count_serious(run: DataQualityRun | None, checks: Iterable[Rule]) -> tuple[int, int]:
    """Number of serious rules with findings in that run, and of those findings."""
    counts_then = (
        [run.counts.get(check.key, 0) for check in checks if check.severity is Severity.SERIOUS]
        if run
        else []
    )
    return sum(count > 0 for count in counts_then), sum(counts_then)


def joined(*parts) -> models.Func:
    """Expression that concatenates expressions to a `mark`; empty ones are skipped."""
    return models.Func(
        models.Value("-"),
        *(Cast(part, models.TextField()) for part in parts),
        function="concat_ws",
        output_field=models.CharField(),
    )

"""Data quality (数据体检): rules, the rows that violate them, and reviews that accept a finding.

A rule is a declaration (`portal.hooks.data_quality.Check`), provided by the hook `SOUNDNESS`; this package has those of people, homes
and places, and what all have in common. Counts and lists are queried live. Only ID
numbers are checked by a job, since they must be decrypted (`residents.data_quality.id_numbers`); its run also stores the counts
for the to-do and for the comparison with last time.
"""

from collections.abc import Iterable, Iterator

from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Cast

from portal.access.user_access import Access
from portal.hooks.data_quality import Check, Weight
from portal.hooks.registry import Kind, answers
from residents.data_quality.models import FindingReview, SoundnessRun


def all_checks() -> list[Check]:
    """The rules of all apps, the most serious first."""
    weights = list(Weight)
    return sorted(answers(Kind.SOUNDNESS), key=lambda check: (weights.index(check.weight), check.order))


def checks_for(access: Access, community) -> list[Check]:
    """Rules whose findings this user may see."""
    return [check for check in all_checks() if access.can(check.right, community)]


def found(check: Check, community) -> models.QuerySet:
    """The rows that violate a rule, annotated with `mark`."""
    rows = check.find(community)
    if "mark" in rows.query.annotations:
        return rows
    return rows.annotate(mark=Cast("version", models.CharField()))


def standing(check: Check, community) -> models.QuerySet:
    """Open findings: not accepted by a review with the same `mark`."""
    return found(check, community).exclude(Exists(_reviews_of(check)))


def set_aside(check: Check, community) -> models.QuerySet:
    """Findings accepted by a review with the same `mark`."""
    return found(check, community).filter(Exists(_reviews_of(check)))


def _reviews_of(check: Check) -> models.QuerySet:
    looked_at = FindingReview.objects.filter(
        community=OuterRef("community"), finding=check.key, row_id=OuterRef("pk"), mark=OuterRef("mark")
    )
    return looked_at.order_by()


def counts(checks: Iterable[Check], community) -> dict[str, int]:
    """Number of open findings per rule, one query each."""
    return {check.key: rows.order_by().count() for check, rows in _open_findings(checks, community)}


def about(row: models.Model, checks: Iterable[Check], community) -> list[tuple[Check, models.QuerySet]]:
    """Open findings about one row or its dependent rows (a person's residences), without hints.

    All rules are checked in one query.
    """
    narrowed = []
    name = type(row)._meta.model_name
    wrong = [check for check in checks if check.weight is not Weight.HINT]
    for check, rows in _open_findings(wrong, community):
        if rows.model is type(row):
            rows = rows.filter(check.concerns(row) if check.concerns else models.Q(pk=row.pk))
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
        (check, found(check, community).filter(pk__in=hits[check.key]))
        for check in wrong
        if check.key in hits
    ]


def _open_findings(checks: Iterable[Check], community) -> Iterator[tuple[Check, models.QuerySet]]:
    """Open findings per rule; rules without any review skip that subquery."""
    reviewed = set(
        FindingReview.objects.of(community).order_by().values_list("finding", flat=True).distinct()
    )
    for check in checks:
        yield check, standing(check, community) if check.key in reviewed else check.find(community)


def last_run(community) -> SoundnessRun | None:
    return SoundnessRun.objects.of(community).order_by("-at", "-id").first()


def serious_of(run: SoundnessRun | None, checks: Iterable[Check]) -> tuple[int, int]:
    """Number of serious rules with findings in that run, and of those findings."""
    counts_then = (
        [run.counts.get(check.key, 0) for check in checks if check.weight is Weight.SERIOUS] if run else []
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

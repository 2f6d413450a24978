"""The data check (数据体检): what any app's data should not show, how much of it there is, and what was looked at.

A check is a declaration (`portal.offers.Check`), given by the offer `SOUNDNESS`; this package has those of people, homes
and places, and what all have in common. Counts and lists are asked of the tables as they are now. Only certificate
numbers are looked at by a job, since they must be decrypted (`residents.soundness.numbers`); its run also keeps the counts
for the to-do and for the comparison with last time.
"""

from collections.abc import Iterable, Iterator

from django.db import models
from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import Cast

from portal.access import Access
from portal.offers import Check, Kind, Weight, answers
from residents.models import FindingReview, SoundnessRun


def all_checks() -> list[Check]:
    """The checks of every app, the most serious first."""
    weights = list(Weight)
    return sorted(answers(Kind.SOUNDNESS), key=lambda check: (weights.index(check.weight), check.order))


def checks_for(access: Access, community) -> list[Check]:
    """Those whose findings this user may see."""
    return [check for check in all_checks() if access.can(check.right, community)]


def found(check: Check, community) -> models.QuerySet:
    """The rows that the check finds, each with its `mark`."""
    rows = check.find(community)
    if "mark" in rows.query.annotations:
        return rows
    return rows.annotate(mark=Cast("version", models.CharField()))


def standing(check: Check, community) -> models.QuerySet:
    """The findings that nobody has set aside as they stand now."""
    return found(check, community).exclude(Exists(_reviews_of(check)))


def set_aside(check: Check, community) -> models.QuerySet:
    """The findings that somebody looked at and found right as they stand now."""
    return found(check, community).filter(Exists(_reviews_of(check)))


def _reviews_of(check: Check) -> models.QuerySet:
    looked_at = FindingReview.objects.filter(
        community=OuterRef("community"), finding=check.key, row_id=OuterRef("pk"), mark=OuterRef("mark")
    )
    return looked_at.order_by()


def counts(checks: Iterable[Check], community) -> dict[str, int]:
    """Findings of each check, in one query for each."""
    return {check.key: rows.order_by().count() for check, rows in _asked(checks, community)}


def about(row: models.Model, checks: Iterable[Check], community) -> list[tuple[Check, models.QuerySet]]:
    """What is wrong with one row, or with rows that are its own (a person's residences); hints are left out.

    One query asks all checks.
    """
    narrowed = []
    name = type(row)._meta.model_name
    wrong = [check for check in checks if check.weight is not Weight.HINT]
    for check, rows in _asked(wrong, community):
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


def _asked(checks: Iterable[Check], community) -> Iterator[tuple[Check, models.QuerySet]]:
    """The standing findings of each check; where nothing was ever set aside, without a look for it."""
    reviewed = set(
        FindingReview.objects.of(community).order_by().values_list("finding", flat=True).distinct()
    )
    for check in checks:
        yield check, standing(check, community) if check.key in reviewed else check.find(community)


def last_run(community) -> SoundnessRun | None:
    return SoundnessRun.objects.of(community).order_by("-at", "-id").first()


def serious_of(run: SoundnessRun | None, checks: Iterable[Check]) -> tuple[int, int]:
    """How many serious checks found something in that run, and how much in all."""
    found_then = (
        [run.counts.get(check.key, 0) for check in checks if check.weight is Weight.SERIOUS] if run else []
    )
    return sum(count > 0 for count in found_then), sum(found_then)


def joined(*parts) -> models.Func:
    """An expression that joins expressions to one text, for a `mark`; what is empty is left out."""
    return models.Func(
        models.Value("-"),
        *(Cast(part, models.TextField()) for part in parts),
        function="concat_ws",
        output_field=models.CharField(),
    )


def how_many(rows: models.QuerySet, group: str) -> models.Subquery:
    """The number of `rows` of an outer query, whose group is already filtered by an OuterRef."""
    return models.Subquery(rows.order_by().values(group).annotate(n=Count("pk")).values("n"))

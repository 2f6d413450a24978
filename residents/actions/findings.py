"""What is written about the data check (数据体检): its runs, and findings that are right as they are."""

import datetime
from collections.abc import Callable, Mapping

from django.db import transaction
from django.utils import timezone

from portal.offers import Check
from portal.refusals import NoReason, NothingToDo
from portal.scope import note as say_why
from residents import soundness
from residents.models import FindingReview, SoundnessRun
from residents.soundness.numbers import look_at_numbers

KEPT_DAYS = 400
"""A year of runs and a little more, for the comparison."""


@transaction.atomic
def check_soundness(
    *, community, step: Callable[[int, int], None] = lambda done, total: None
) -> SoundnessRun:
    """Look at the certificate numbers, count what every check finds, and keep the counts."""
    look_at_numbers(community, step)
    counts = soundness.counts(soundness.all_checks(), community)
    old = timezone.now() - datetime.timedelta(days=KEPT_DAYS)
    SoundnessRun.objects.of(community).filter(at__lt=old).delete()
    return SoundnessRun.objects.create(community_id=community.id, counts=counts)


@transaction.atomic
def review_findings(*, by, community, check: Check, seen: Mapping[int, str], reason: str, access) -> int:
    """Set findings aside as right (核对无误), each as the list showed it: key of the row → its mark.

    One that has changed since stays in the list. How many were set aside; doing it twice does it once.
    """
    if not reason.strip():
        raise NoReason("请写明为什么核对无误")
    rows = soundness.found(check, community).filter(pk__in=seen)
    rows = rows.filter(pk__in=[row.pk for row in rows if str(row.mark) == seen[row.pk]])
    found = list(rows)
    if not found:
        raise NothingToDo("勾选的内容刚刚有变化，请核对最新内容")
    say_why(action="核对无误", reason=reason.strip()[:200])
    names = [wrong.name for wrong in check.tell(rows, access, community)]
    FindingReview.objects.bulk_create(
        [
            FindingReview(
                community_id=community.id,
                finding=check.key,
                subject=row._meta.label,
                row_id=row.pk,
                name=name[:120],
                mark=str(row.mark)[:80],
                reason=reason.strip()[:200],
                by=by,
            )
            for row, name in zip(found, names, strict=True)
        ],
        ignore_conflicts=True,
    )
    return len(found)


@transaction.atomic
def list_again(*, by, review: FindingReview) -> None:
    """Take the mark of 核对无误 away: the finding is listed again."""
    say_why(action="重新列出", reason="")
    review.delete()

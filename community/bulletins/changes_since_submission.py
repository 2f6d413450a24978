"""Warnings for reviewers: numbers frozen before the month ended, and differences from the register since submission."""

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from community.bulletins import section_basis
from community.bulletins.models.bulletin import Bulletin
from community.bulletins.snapshot import compute_sections
from portal.values.months import month_after


@dataclass(frozen=True, slots=True)
class NumberDifference:
    """A number of the bulletin that differs from the register by now. `key`: that of the section."""

    key: str
    section: str
    label: str
    submitted: str
    now: str


def last_day(month: datetime.date) -> datetime.date:
    return month_after(month) - datetime.timedelta(days=1)


def frozen_early(bulletin: Bulletin) -> datetime.date | None:
    """Last day of the month if the numbers are frozen before it, or would be if submitted now; else None.

    Events on the remaining days are not counted. Numbers of a correction that were not recomputed are the published
    ones.
    """
    last = last_day(bulletin.month)
    if bulletin.state == Bulletin.State.PUBLISHED:
        return None
    if bulletin.state == Bulletin.State.DRAFT:
        is_early = timezone.localdate() <= last and bulletin.open_correction is None
    else:
        is_early = timezone.localdate(bulletin.submitted_at) <= last and section_basis.is_recomputed(bulletin)
    return last if is_early else None


def differences(bulletin: Bulletin) -> list[NumberDifference]:
    """Diff of the numbers since submission; empty for drafts and published bulletins."""
    if bulletin.state not in (Bulletin.State.REVIEW, Bulletin.State.AGREED):
        return []
    if not section_basis.is_recomputed(bulletin):
        return []
    live = compute_sections(bulletin.community, bulletin.month)
    # Both as JSON, where a tuple is a list.
    submitted, now = (
        {section["key"]: section for section in json.loads(json.dumps(sections, default=str))}
        for sections in (bulletin.sections, live)
    )
    empty = {"numbers": [], "rows": []}
    return [
        difference
        for key in dict.fromkeys([*submitted, *now])
        for difference in _differences(
            key, (submitted.get(key) or now[key])["title"], submitted.get(key, empty), now.get(key, empty)
        )
    ]


def _differences(key: str, title: str, submitted: dict, now: dict) -> Iterator[NumberDifference]:
    """Diff of one section: its numbers, or its table where no number differs."""
    before, after = ({n["label"]: n for n in section["numbers"]} for section in (submitted, now))
    labels = [
        label for label in dict.fromkeys([*before, *after]) if _value(before, label) != _value(after, label)
    ]
    for label in labels:
        yield NumberDifference(key, title, label, _value(before, label), _value(after, label))
    if not labels and submitted["rows"] != now["rows"]:
        rows = [["、".join(row) for row in section["rows"]] for section in (submitted, now)]
        removed = "；".join(row for row in rows[0] if row not in rows[1])
        come = "；".join(row for row in rows[1] if row not in rows[0])
        yield NumberDifference(key, title, "内容", removed or "无", come or "无")


def _value(numbers: dict, label: str) -> str:
    number = numbers.get(label)
    return f"{number['value']}{number['unit']}" if number else "无"

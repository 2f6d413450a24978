"""Conditions by which lists, reports and figures choose requests, so that a number and its list choose the same."""

import datetime
from collections.abc import Mapping

from django.db.models import F, Func, OuterRef, Q, Subquery, TextField, Value

from community.bulletins.section_basis import published_rows
from portal.registers.filter_fields import days_condition
from portal.values.months import month_after
from services.requests.choices import ASKED, Rating
from services.requests.models import RequestStep

SECTION = "services.requests"
"""Key of the bulletin's section of requests, which remembers the requests that it counted."""
LEAST_DIGITS = 7
"""A shorter telephone number is an extension, or a slip, and identifies nobody."""
Conditions = Mapping[str, tuple[str, Q]]
"""Value of a filter → its words and its condition."""


def answer_conditions(now: datetime.datetime) -> Conditions:
    """How the first answer stands to its deadline. Each request fulfils exactly one condition."""
    none = Q(first_answered_at__isnull=True)
    is_open, is_late = Q(ended_at__isnull=True), Q(due__lt=now, paused_on__isnull=True)
    late = Q(first_answered_at__gt=F("first_due"))
    return {
        "in_time": ("按期答复", ~none & (Q(first_due__isnull=True) | ~late)),
        "late": ("超期答复", ~none & late),
        "pending": ("未到期", none & is_open & ~is_late),
        "overdue": ("已超期未答复", none & is_open & is_late),
        "closed": ("未答复即办结", none & ~is_open),
    }


def rating_conditions(now: datetime.datetime | None = None) -> Conditions:
    """The last answer that the resident gave, also where another reply followed that they did not rate."""
    satisfied, reopened = Q(rating=Rating.SATISFIED), Q(dissatisfied__gt=0)
    return {
        "satisfied": ("满意", satisfied),
        "dissatisfied": ("不满意", ~satisfied & reopened),
        "none": ("未评价", ~satisfied & ~reopened),
        "reopened": ("曾不满意、重新办理", reopened),
    }


def with_way(queryset):
    """Requests with `way`: how the last rating was asked; empty for one by the tracking code, None without any."""
    ratings = RequestStep.objects.filter(
        community_id=OuterRef("community_id"), case=OuterRef("pk"), name__in=Rating.values
    )
    way = Func(F("details"), Value(ASKED), function="jsonb_extract_path_text", output_field=TextField())
    last = ratings.order_by("-number").annotate(way=way).values_list("way")[:1]
    return queryset.filter(Q(rating=Rating.SATISFIED) | Q(dissatisfied__gt=0)).annotate(way=Subquery(last))


def late_condition(community) -> Q:
    """Condition: received in a month whose bulletin was published without it (补登)."""
    condition = Q(pk__in=())
    for month, rows in published_rows(community, SECTION).items():
        last = month_after(month) - datetime.timedelta(days=1)
        condition |= days_condition("received_at", month, last) & ~Q(pk__in=rows.get("received", ()))
    return condition


def with_digits(queryset):
    """Requests with `digits` of their telephone number, however it was typed."""
    digits = Func(
        F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace", output_field=TextField()
    )
    return queryset.annotate(digits=digits)

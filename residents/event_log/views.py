"""The month's statement of population change (人口变动月报)."""

import datetime

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.registers.panels import Link, Panel
from residents.event_log.bulletin_section import people_panel
from residents.event_log.models import PopulationEvent
from residents.event_log.monthly_statement import first_of_next_month, monthly_statements, population_counts
from residents.homes.models import Kind


@needs(Permission.PEOPLE_NAMES)
@require_GET
def statement(request):
    """人口变动月报: opening + additions - reductions = closing, and the events of the month."""
    today = timezone.localdate()
    month = _month(request.GET.get("month"), today)
    after = first_of_next_month(month)
    events = rows(PopulationEvent, request.access, Permission.PEOPLE_NAMES, request.community)
    events = events.between(month, after).select_related("person", "by")
    counts = population_counts(request.community, min(after - datetime.timedelta(days=1), today))
    events_url, people_url = (request.community.url(f"residents:{noun}_list") for noun in ("event", "person"))
    panel = Panel(
        "本月的变动",
        ("日期", "变动", "状态", "类别", "姓名", "说明", "登记人"),
        [
            (
                Link(str(e.on), f"{events_url}{e.uuid}/"),
                e.get_what_display(),
                e.state,
                e.get_kind_display(),
                Link(e.person.name, f"{people_url}{e.person.uuid}/"),
                e.note,
                e.by.name if e.by else "",
            )
            for e in events[:500]
        ],
        empty="这个月没有登记变动",
    )
    statements = monthly_statements(request.community, month)
    context = {
        "month": month,
        "this_month": today.replace(day=1),
        "before": month - datetime.timedelta(days=1),
        "after": after if after <= today else None,
        "statements": [(Kind(kind).label, statement) for kind, statement in statements.items()],
        "late_panels": _late_panels(request, statements),
        "counts": counts,
        "panel": panel,
        "event_count": events.count(),
    }
    return render(request, "residents/event_log/statement.html", context)


def _late_panels(request, statements) -> list[Panel]:
    """Tables of the people counted in the late numbers, as far as they are still in the register."""
    panels = (
        people_panel(request.access, request.community, statement.month, kind, part)
        for kind, statement in statements.items()
        for part in ("late_added", "late_removed")
        if getattr(statement, part)
    )
    return [panel for panel in panels if panel and panel.rows]


def _month(text: str | None, today: datetime.date) -> datetime.date:
    """The first day of the month `YYYY-MM`; this month for anything else, and for months to come."""
    try:
        year, _, month = (text or "").partition("-")
        return min(datetime.date(int(year), int(month), 1), today.replace(day=1))
    except ValueError:
        return today.replace(day=1)

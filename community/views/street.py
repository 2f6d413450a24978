"""The street office's table of bulletins: communities by months, missing and late ones marked."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from community import published
from community.months import due_on, is_expected, last_months
from community.published import PublishedMonth
from community.views.downloads import pdf_response
from portal.offers import Kind, answers
from portal.permissions import Permission
from portal.views.base import needs

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """One community's bulletin of one month.

    `state`: published, late (公开已逾期), missing (逾期未公开), open (not yet due), or before, when the
    community did not work with the portal yet.
    """

    month: object
    state: str
    found: PublishedMonth | None


def cell_of(month, found: PublishedMonth | None, today, opened_on) -> Cell:
    due = due_on(month)
    if found is None and not is_expected(month, opened_on):
        return Cell(month, "before", None)
    if found is None:
        return Cell(month, "missing" if today > due else "open", None)
    late = timezone.localdate(found.first_published_at) > due
    return Cell(month, "late" if late else "published", found)


@needs(Permission.STREET_BULLETINS)
def street_home(request):
    """The last twelve months of every community of the own street, and what else stands there in numbers."""
    today = timezone.localdate()
    months = last_months(today, MONTHS)
    communities = request.access.street_communities
    found = published.published_months(communities, since=months[-1])
    table = [
        (c, [cell_of(month, found.get((c.id, month)), today, c.opened_on) for month in months])
        for c in communities
    ]
    cells = [cell for _, row in table for cell in row]
    return render(
        request,
        "street/home.html",
        {
            "months": months,
            "table": table,
            "missing": sum(cell.state == "missing" for cell in cells),
            "late": sum(cell.state == "late" for cell in cells),
            "tables": [
                (found, [(c, found.cells[c.id]) for c in communities if c.id in found.cells])
                for found in answers(Kind.STREET, communities)
            ],
        },
    )


@needs(Permission.STREET_BULLETINS)
def street_print(request, code, month):
    """The newest PDF of a community of the own street; another street's does not exist here."""
    community = next((c for c in request.access.street_communities if c.code == code), None)
    versions = published.versions(community, month) if community else []
    if not versions:
        raise Http404
    return pdf_response(versions[0])

"""Street office pages: table of bulletins by community and month, reading marks, remarks, month archive."""

from dataclasses import dataclass

from django.http import FileResponse, Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from community.bulletins import published as bulletin_published
from community.bulletins.actions import reading
from community.bulletins.forms.posting import RemarkForm
from community.bulletins.published import PublishedMonth
from community.bulletins.rules import due_on, is_expected
from community.bulletins.views.context import published_context
from community.bulletins.views.downloads import pdf_response
from community.street_office.month_archive import archive_name, month_archive
from portal.access.permissions import Permission
from portal.access.views import needs
from portal.form_pages.pages import ActionPage, FormPage
from portal.hooks.registry import Hook, call_hooks
from portal.values.months import last_months, month_word

MONTHS = 12


@dataclass(frozen=True, slots=True)
class MonthCell:
    """Cell of the table: one community's bulletin of one month.

    `state`: published, late (公开已逾期), missing (逾期未公开), open (not yet due), or before, when the
    community did not work with the portal yet.
    """

    month: object
    state: str
    published: PublishedMonth | None
    is_read: bool = False
    """Read by the current official; a corrected version is unread again."""


def cell_of(month, published_month: PublishedMonth | None, today, opened_on, read=frozenset()) -> MonthCell:
    """`read`: ids of the versions that the official has read."""
    due = due_on(month)
    if published_month is None and not is_expected(month, opened_on):
        return MonthCell(month, "before", None)
    if published_month is None:
        return MonthCell(month, "missing" if today > due else "open", None)
    late = timezone.localdate(published_month.first_published_at) > due
    return MonthCell(
        month, "late" if late else "published", published_month, published_month.version_id in read
    )


@needs(Permission.STREET_BULLETINS)
def street_home(request):
    """Table of the last twelve months of the own street's communities, and further tables of hook STREET."""
    today = timezone.localdate()
    months = last_months(today, MONTHS)
    communities = request.access.street_communities
    published_by_month = bulletin_published.published_months(communities, since=months[-1])
    read = reading.versions_read(request.user)
    table = [
        (
            c,
            [
                cell_of(month, published_by_month.get((c.id, month)), today, c.opened_on, read)
                for month in months
            ],
        )
        for c in communities
    ]
    cells = [cell for _, row in table for cell in row]
    return render(
        request,
        "community/street_office/home.html",
        {
            "months": [(month, any(month == m for _, m in published_by_month)) for month in months],
            "table": table,
            "missing": sum(cell.state == "missing" for cell in cells),
            "late": sum(cell.state == "late" for cell in cells),
            "tables": [
                (
                    street_table,
                    [(c, street_table.cells[c.id]) for c in communities if c.id in street_table.cells],
                )
                for street_table in call_hooks(Hook.STREET, communities)
            ],
            "unread": sum(cell.published is not None and not cell.is_read for cell in cells),
        },
    )


def _version(request, code, month):
    """Community of the own street and its newest version, or 404."""
    community = next((c for c in request.access.street_communities if c.code == code), None)
    versions = bulletin_published.versions(community, month) if community else []
    if not versions:
        raise Http404
    return community, versions[0]


@needs(Permission.STREET_BULLETINS)
def street_print(request, code, month):
    """PDF of the newest version of a community of the own street."""
    _, version = _version(request, code, month)
    return pdf_response(version)


class StreetBulletin(FormPage):
    """One bulletin with photos, the official's reading mark, and remarks with answers; a remark is sent from here."""

    permission = Permission.STREET_BULLETINS
    form_class = RemarkForm
    template_name = "community/street_office/bulletin.html"

    def load(self, code, month):
        self.place, self.version = _version(self.request, code, month)

    def perform(self, form) -> str:
        reading.send_remark(version=self.version, text=form.cleaned_data["text"], by=self.request.user)
        self.message = f"意见已发给{self.place.name}。"
        return self.request.path

    def extra_context(self, form) -> dict:
        return {
            "place": self.place,
            "version": self.version,
            "reading": self.version.readings.filter(by=self.request.user).first(),
            "remarks": self.version.remarks.select_related("by").prefetch_related("answers__by"),
            **published_context(self.version, self.place.code),
        }


class StreetRead(ActionPage):
    """Mark the newest version as read (已阅)."""

    permission = Permission.STREET_BULLETINS

    def load(self, code, month):
        self.place, self.version = _version(self.request, code, month)
        self.message = f"已登记：{self.place.name}{month_word(month)}公开已阅。"
        self.back = reverse("community:street_home")

    def perform(self) -> str:
        reading.mark_read(version=self.version, by=self.request.user)
        return self.back


@needs(Permission.STREET_BULLETINS)
def street_month(request, month):
    """ZIP archive of the month's bulletins of the own street's communities."""
    stream = month_archive(request.access.street_communities, month)
    # The archive is complete before the scope ends; only a file is streamed afterwards.
    response = FileResponse(stream, content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, f"{archive_name(month)}.zip")
    return response

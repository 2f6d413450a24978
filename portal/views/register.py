"""The pages that every register has. A view knows its register and nothing of the noun."""

import io
from collections.abc import Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django_htmx.http import HttpResponseClientRedirect

from portal import exporting, journal, preferences, saved_lists
from portal.cells import list_rows
from portal.filters import Listing, by_links
from portal.history_view import attachment_changes, history_of
from portal.models import AccessLog, ListPreference, SavedList
from portal.permissions import Permission
from portal.register_extensions import absorbed_by, links_of, list_links_of, panels_of, successor_of
from portal.registers import Register
from portal.search_words import SearchWords
from portal.views.base import PermissionView, require
from portal.views.downloads import download_of_today
from portal.views.saved_lists import lists_context
from portal.views.search import NOT_IN_ADDRESS, names_secret

PAGE_SIZES = (20, 50, 100, 200)
PAGE_SIZE = 50
EXPORT_LIMIT = 20_000
"""Rows an export writes while the user waits, about two seconds; of more a job makes a file."""


class RegisterView(PermissionView):
    """`register` is given by `register_urls`."""

    register: Register = None

    def get_permission(self) -> Permission:
        return self.register.view

    def get_row(self):
        queryset = self.register.rows(self.request.access, self.request.community, self.get_permission())
        return get_object_or_404(queryset, uuid=self.kwargs["row"])

    def page(self, template: str, status: int = 200, **context):
        return render(self.request, template, {"register": self.register, **context}, status=status)

    def url(self, action: str, row=None) -> str:
        return self.register.url(action, self.request.community, row)

    @cached_property
    def saved_lists(self) -> list[SavedList]:
        """The saved lists of this register that the user may open."""
        return list(saved_lists.usable(self.request.access, self.request.community, self.register))

    @cached_property
    def saved(self) -> SavedList | None:
        """The saved list by which the address was opened: it gives the columns."""
        asked = self.request.GET.get("saved")
        return next((each for each in self.saved_lists if str(each.uuid) == asked), None) if asked else None

    def columns(self, part: str):
        """The columns of a part as the saved list or else the user chose them."""
        access, community = self.request.access, self.request.community
        if self.saved:
            return saved_lists.columns_of(self.saved, access, community, part)
        return preferences.chosen(self.register, self.preference, access, community, part)

    @cached_property
    def preference(self) -> ListPreference:
        """How this user wants the list."""
        return preferences.preference_of(self.request.user.pk, self.register)


class ListView(RegisterView):
    """Search, filters, sort and paging; htmx asks for the `results` partial of the same template."""

    def get(self, request):
        if names_secret(request.GET.get("q", "")):
            return self._without_secret(request)
        register = self.register
        listing = Listing(register, request)
        size = self._page_size()
        page = Paginator(listing.rows, size).get_page(request.GET.get("page"))
        columns = self.columns("listed")
        may_edit = bool(register.edit) and request.access.can(register.edit, request.community)
        may_bulk = may_edit and bool(register.bulk_for(request.access, request.community))
        context = {
            "register": register,
            "filterset": listing.filterset,
            "filtered": any(value for key, value in request.GET.items() if key in listing.filterset.filters),
            "condition": listing.words,
            "problem": listing.problem,
            "notice": listing.notice,
            "by_links": by_links(listing.form, request.GET),
            "page": page,
            "columns": _headers(register, columns, listing),
            "rows": self._rows(page.object_list, columns, ticks=may_bulk),
            "size": size,
            "sizes": PAGE_SIZES,
            "sort": listing.sort,
            "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            "links": list_links_of(register, request.access, request.community),
            "notes": register.list_notes(request.access, request.community),
            "may_edit": may_edit,
            "may_bulk": may_bulk,
            "may_export": register.export_right
            and request.access.can(register.export_right, request.community),
            "may_import": register.import_right
            and request.access.can(register.import_right, request.community),
            "urls": {action: self.url(action) for action in register.actions if action in _WITHOUT_ROW},
            "lists": lists_context(self, listing.form),
        }
        template = (
            "generic/list.html#results" if request.htmx and not request.htmx.boosted else "generic/list.html"
        )
        return render(request, template, context)

    def _without_secret(self, request) -> HttpResponse:
        """To the same list without the words, before they stand in the history of the browser."""
        messages.warning(request, NOT_IN_ADDRESS)
        kept = request.GET.copy()
        del kept["q"]
        url = f"{request.path}?{kept.urlencode()}"
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)

    def _rows(self, found, columns, *, ticks: bool) -> SafeString:
        """The rows of the page as markup."""
        url = self.url("list")
        urls = [f"{url}{row.uuid}/" for row in found]
        return list_rows(urls, self.register.table(found, columns), columns, ticks=ticks)

    def _page_size(self) -> int:
        """The size asked for, which is kept for the next time; else the kept one."""
        given = self.request.GET.get("size")
        if given not in {str(size) for size in PAGE_SIZES}:
            return self.preference.page_size or PAGE_SIZE
        if int(given) != (self.preference.page_size or PAGE_SIZE):
            preferences.keep(self.request.user.pk, self.register, page_size=int(given))
        return int(given)


_WITHOUT_ROW = ("list", "columns", "create", "bulk", "export", "ledger", "import", "pick")


def _headers(register: Register, columns, listing: Listing) -> list[dict]:
    """Label, next sort and present direction of every listed column."""
    sort = listing.sort
    return [
        {
            "label": register.label_of(column),
            "number": column.number,
            "sort": (f"-{column.name}" if sort == column.name else column.name)
            if column.name in listing.sorts
            else "",
            "direction": {column.name: "ascending", f"-{column.name}": "descending"}.get(sort, ""),
        }
        for column in columns
    ]


class DetailView(RegisterView):
    """One row. A noun whose page has more on it names its own template, which extends this one's, and adds context."""

    template = "generic/detail.html"

    def get(self, request, row):
        try:
            found = self.get_row()
        except Http404:
            successor = successor_of(self.register, row, request.access, request.community)
            if successor is None:
                raise
            messages.info(request, "原来的记录已并入这一条。")
            return redirect(self.url("detail", successor))
        return self.show(found)

    def show(self, found, status: int = 200, **more):
        return self.page(self.template, status, **self.context(found), **more)

    def context(self, found) -> dict:
        from portal.views.attachments import card_of

        register, access, community = self.register, self.request.access, self.request.community
        register.gather([found])
        return {
            "row": found,
            "attached": card_of(self, found),
            "lines": register.detail_lines(found, access, community),
            "panels": panels_of(register, found, access, community),
            "links": links_of(register, found, access, community),
            "may_edit": register.edit and access.can(register.edit, community),
            "may_see_history": access.can(Permission.HISTORY_VIEW, community),
            "urls": {
                action: self.url(action, found)
                for action in register.actions
                if action in ("edit", "delete", "history")
            }
            | {"list": self.url("list")},
        }


class HistoryView(RegisterView):
    """What changed; for those who may see history and the row."""

    def dispatch(self, request, *args, **kwargs):
        require(request, self.register.view)
        return super().dispatch(request, *args, **kwargs)

    def get_permission(self):
        return Permission.HISTORY_VIEW

    def get(self, request, row):
        register = self.register
        require(request, register.view)
        found = get_object_or_404(register.rows(request.access, request.community), uuid=row)
        absorbed = absorbed_by(register, found, request.access, request.community)
        hidden = register.hidden_fields(request.access, request.community)
        changes = history_of(found, request.access, request.community, absorbed, hidden)
        if register.attachments and request.access.can(register.attachments_view, request.community):
            changes += attachment_changes(found, request.access, request.community, absorbed)
        return self.page(
            "generic/history.html",
            row=found,
            changes=sorted(changes, key=lambda change: change.at, reverse=True),
            urls={"list": self.url("list"), "detail": self.url("detail", found)},
        )


class ExportView(RegisterView):
    """The list as it is filtered and sorted, as XLSX or CSV; logged with its rows' ids before it is built."""

    limit = EXPORT_LIMIT
    act = "导出"

    def get_permission(self):
        return self.register.export_right

    @cached_property
    def listing(self) -> Listing:
        """The rows of the list in their order, and how it is filtered."""
        return Listing(self.register, self.request)

    def found(self) -> list:
        """The rows themselves, one more than the limit at the most."""
        return list(self.listing.rows[: self.limit + 1])

    def problem(self) -> str:
        """Why the list that was asked for cannot be made."""
        if not self.listing.problem:
            return ""
        if self.saved:
            return f"常用名单“{self.saved}”{self.listing.problem}，请打开名单重新设置条件。"
        return f"{self.listing.problem}，没有{self.act}，请重新设置条件。"

    @cached_property
    def heading(self) -> str:
        """What the file is called: by the saved list, as long as it holds just that."""
        is_saved = self.saved and not saved_lists.is_changed(self.saved, self.listing.form, self.request.GET)
        return self.saved.name if is_saved else self.register.heading

    def post(self, request):
        found = self.found()
        if problem := self.problem():
            return self.refuse(problem)
        if len(found) > self.limit:
            return self.later()
        return self.spreadsheet(found)

    def later(self) -> HttpResponse:
        """A job writes the file; its page shows how far it is."""
        request = self.request
        job = exporting.ask_for(
            self.register,
            query=request.GET.urlencode(),
            columns=self.columns("exported"),
            heading=self.heading,
            extension=self.extension,
            by=request.user,
            community=request.community,
            request_id=request.id,
        )
        return redirect("portal:job_detail", community=request.community.code, job=job.uuid)

    @property
    def extension(self) -> str:
        return "csv" if self.request.POST.get("format") == "csv" else "xlsx"

    def too_many(self) -> HttpResponse:
        return self.refuse(f"一次最多{self.act} {self.limit} 行，请先筛选。")

    def refuse(self, sentence: str) -> HttpResponse:
        """Back to the list as it was filtered, with the reason."""
        messages.error(self.request, sentence)
        return redirect(f"{self.url('list')}?{self.request.GET.urlencode()}")

    def log(self, action: str, found: list, reason: str = "") -> None:
        journal.log_access(
            community_id=self.request.community.id,
            user_id=self.request.user.pk,
            action=action,
            subject=self.register.model._meta.label,
            ids=[row.pk for row in found],
            reason=reason,
            request_id=self.request.id,
        )

    def spreadsheet(self, found: list, reason: str = "") -> HttpResponse:
        self.log(AccessLog.Action.EXPORT, found, reason)
        stream = io.BytesIO()
        exporting.write(self.register, self.columns("exported"), found, stream, self.extension)
        return self.download(stream.getvalue(), self.extension)

    def download(self, content: bytes, extension: str) -> HttpResponse:
        """The file, named by community, list and today's date."""
        name = f"{self.request.community.name}{self.heading}"
        return download_of_today(content, name, extension)


class PickView(RegisterView):
    """Suggestions for a typed name."""

    def get(self, request):
        text = request.GET.get("q", "").strip()
        found = []
        if text and self.register.search:
            everything = self.register.rows(request.access, request.community)
            words = SearchWords.read(text, request.community)
            found = self.register.searched(everything, words, request.access, request.community)
            found = found.order_by(*self.register.ordering())[:20]
        return show_options(request, ((self.register.pick_label(row), "") for row in found))


def show_options(request, options: Iterable[tuple[str, str]]) -> HttpResponse:
    """The answer to a pick field: labels, each with a hint that tells apart what the label does not."""
    return render(request, "generic/pick.html", {"options": list(options)})


_VIEWS = {
    "list": ("", ListView),
    "export": ("export/", ExportView),
    "pick": ("pick/", PickView),
    "detail": ("<uuid:row>/", DetailView),
    "history": ("<uuid:row>/history/", HistoryView),
}


def register_urls(declaration: type[Register]) -> list:
    """URL patterns of a register, to be included below `/c/<community>/`."""
    from portal.views.columns import ColumnsView
    from portal.views.editing import EDITING
    from portal.views.ledger import LedgerView

    views = {**_VIEWS, **EDITING, "columns": ("columns/", ColumnsView), "ledger": ("ledger/", LedgerView)}
    register = declaration()
    patterns = [
        path(
            f"{register.url_part}/{route}", view.as_view(register=register), name=f"{register.noun}_{action}"
        )
        for action, (route, view) in views.items()
        if action in register.actions
    ]
    if "bulk" in register.actions:
        from portal.views.bulk import bulk_urls

        patterns += bulk_urls(register)
    if "attach" in register.actions:
        from portal.views.attachments import attachment_urls

        patterns += attachment_urls(register)
    if "import" in register.actions:
        from portal.views.importing import import_urls

        patterns += import_urls(register)
    return patterns

"""Pages that every register has: list, detail, history. A view knows its register and nothing of the noun."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import include, path
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.views.decorators.gzip import gzip_page
from django_htmx.http import HttpResponseClientRedirect

from portal.access.permissions import Permission
from portal.access.views import require
from portal.attachments.history import attachment_changes
from portal.attachments.views import attachment_card, attachment_urls
from portal.audit.history import history_of
from portal.bulk_change.views import bulk_urls
from portal.exports.views.exports import ExportView
from portal.exports.views.ledger import LedgerView
from portal.hooks.search import ID_NUMBER_NOT_IN_URL, is_secret_only
from portal.importing.urls import import_urls
from portal.register_pages.editing import EDITING
from portal.register_pages.page_actions import PageActions
from portal.register_pages.picking import PickView
from portal.register_pages.similar import SimilarView
from portal.registers import preferences
from portal.registers.conditions import Conditions, panel_requested
from portal.registers.counts import count_together
from portal.registers.extensions import links_of, list_links_of, merge_target_of, merged_ids_of, panels_of
from portal.registers.filters import FilteredList
from portal.registers.registers import Register
from portal.registers.row_links import RowLinks, cell_urls, detail_lines
from portal.registers.table_cells import list_head, list_rows
from portal.registers.views import ColumnsView, RegisterView
from portal.saved_lists.views import SavedListView, saved_lists_context

PAGE_SIZES = (20, 50, 100, 200)
PAGE_SIZE = 50


@method_decorator(gzip_page, name="get")
class ListView(SavedListView):
    """List with search, filters, sort and pagination; htmx gets the `results` partial of the same template.

    Compressed: two hundred rows take 100 kB. Against attacks on the length of what is compressed (BREACH), Django adds
    random bytes and masks the CSRF token anew each time, and the session cookie is not sent along from other sites.
    """

    def get(self, request):
        if is_secret_only(request.GET.get("q", "")):
            return self._redirect_without_secret(request)
        register = self.register
        conditions = Conditions(register, request, self.url("list"))
        if panel_requested(request):
            return conditions.panel(request)
        listing = conditions.listing
        if request.htmx and request.htmx.target == "saved-menu":
            lists = saved_lists_context(self, listing.form)
            return render(request, "portal/register_pages/tools.html#saved-menu", {"lists": lists})
        size = self._page_size()
        paginator = Paginator(listing.rows, size)
        tabs, notices = self._counted_with(paginator)
        page = paginator.get_page(request.GET.get("page"))
        columns = self.columns("listed")
        may_edit = bool(register.edit) and request.access.can(register.edit, request.community)
        may_bulk = may_edit and bool(register.bulk_for(request.access, request.community))
        links = list_links_of(register, request.access, request.community)
        headers = _headers(register, columns, listing, request.GET)
        context = {
            "register": register,
            "conditions": conditions,
            "filtered": bool(listing.words),
            "condition": listing.words,
            "problem": listing.problem,
            "notice": listing.notice,
            "page": page,
            "columns": headers,
            "head": list_head(headers, ticks=may_bulk),
            "totals": _totals(listing.totals(columns), columns),
            "rows": self._rows(page.object_list, columns, ticks=may_bulk),
            "size": size,
            "sizes": [
                (str(each), _query(request.GET, size=each) if each != size else "") for each in PAGE_SIZES
            ],
            "query": _query(request.GET),
            "sort": listing.sort,
            "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            "links": [link for link in links if not link.with_filters],
            "export_links": [link for link in links if link.with_filters],
            "notes": notices,
            "may_edit": may_edit,
            "may_bulk": may_bulk,
            "may_export": register.export_right
            and request.access.can(register.export_right, request.community),
            "may_import": register.import_right
            and request.access.can(register.import_right, request.community),
            "urls": {action: self.url(action) for action in register.actions if action in _LIST_ACTIONS},
            "lists": saved_lists_context(self, listing.form),
            "tabs": tabs,
        }
        template = (
            "portal/register_pages/list.html#results"
            if request.htmx and not request.htmx.boosted
            else "portal/register_pages/list.html"
        )
        return render(request, template, context)

    def _counted_with(self, paginator: Paginator) -> tuple[list[tuple], list[str]]:
        """Quick filters and notices, their rows and those of the list counted in one query.

        Quick filters as (label, number, address, whether the list shows it).
        """
        tabs = self.register.list_tabs(self.request.access, self.request.community)
        notices = self.register.list_notices(self.request.access, self.request.community)
        counted = [each for each in (*tabs, *notices) if not isinstance(each, str)]
        if not counted:
            return [], notices
        paginator.count, *numbers = count_together([paginator.object_list, *(each.rows for each in counted)])
        numbers, query = iter(numbers), self.request.GET
        filters = [
            (
                tab.label,
                next(numbers),
                f"{self.url('list')}?{urlencode(tab.parameters)}",
                all(query.get(name) == value for name, value in tab.parameters.items()),
            )
            for tab in tabs
        ]
        words = []
        for notice in notices:
            if isinstance(notice, str):
                words.append(notice)
            elif count := next(numbers):
                words.append(notice.words.format(count=count))
        return filters, words

    def _redirect_without_secret(self, request) -> HttpResponse:
        """Redirect to the same list without the search words, to keep a secret out of the browser history."""
        messages.warning(request, ID_NUMBER_NOT_IN_URL)
        query = request.GET.copy()
        del query["q"]
        url = f"{request.path}?{query.urlencode()}"
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)

    def _rows(self, rows, columns, *, ticks: bool) -> SafeString:
        """Markup of the rows of the page."""
        url, rows = self.url("list"), list(rows)
        urls = [f"{url}{row.uuid}/" for row in rows]
        table = list(self.register.table(rows, columns))  # first: it prefetches what the links read
        links = RowLinks(self.request.access, self.request.community)
        behind = cell_urls(self.register, rows, columns, links)
        behind.pop(0, None)  # the first cell leads to the row itself
        labels = [self.register.label_of(column) for column in columns]
        return list_rows(urls, table, columns, ticks=ticks, labels=labels, cell_urls=behind)

    def _page_size(self) -> int:
        """The requested page size, which is saved as preference; else the saved one."""
        requested = self.request.GET.get("size")
        if requested not in {str(size) for size in PAGE_SIZES}:
            return self.preference.page_size or PAGE_SIZE
        if int(requested) != (self.preference.page_size or PAGE_SIZE):
            preferences.save_preference(self.request.user.pk, self.register, page_size=int(requested))
        return int(requested)


_LIST_ACTIONS = ("list", "columns", "create", "bulk", "export", "ledger", "import", "pick")


def _totals(sums: dict, columns) -> list:
    """Cells of the row of sums below the table, empty where a column has none; [] without any."""
    return [sums.get(column.name, "") for column in columns] if sums else []


def _headers(register: Register, columns, listing: FilteredList, query: QueryDict) -> list[dict]:
    """Label, present sort direction, and URL of the next sort of every listed column."""
    sort = listing.sort
    return [
        {
            "label": register.label_of(column),
            "number": column.number,
            "url": _query(query, sort=_next_sort(column.name, sort)) if column.name in listing.sorts else "",
            "direction": {column.name: "ascending", f"-{column.name}": "descending"}.get(sort, ""),
        }
        for column in columns
    ]


def _query(query: QueryDict, **changes: Any) -> str:
    """Query string of the first page of the list with these parameters changed."""
    parameters = {name: values for name, values in query.lists() if name != "page" and name not in changes}
    return f"?{urlencode(parameters | changes, doseq=True)}"


def _next_sort(name: str, sort: str) -> str:
    """Sort by the column after a click on its header: descending if it is sorted by it now."""
    return f"-{name}" if sort == name else name


class DetailView(RegisterView):
    """Detail page of a row. A noun with more to show extends the template and adds context."""

    template = "portal/register_pages/detail.html"

    def get(self, request, row):
        try:
            instance = self.get_row()
        except Http404:
            merge_target = merge_target_of(self.register, row, request.access, request.community)
            if merge_target is None:
                raise
            messages.info(request, "原来的记录已并入这一条。")
            return redirect(self.url("detail", merge_target))
        return self.show(instance)

    def show(self, instance, status: int = 200, **more):
        return self.page(self.template, status, **self.context(instance), **more)

    def context(self, instance) -> dict:
        register, access, community = self.register, self.request.access, self.request.community
        # First: it prefetches what summary, panels and links read.
        lines = detail_lines(register, instance, access, community)
        urls = {
            action: self.url(action, instance)
            for action in register.actions
            if action in ("edit", "delete", "history")
        }
        may_change = register.may_change(instance, access, community)
        may_edit = register.edit and access.can(register.edit, community) and may_change
        return {
            "row": instance,
            "attached": attachment_card(self, instance, may_change=may_change),
            "lines": lines,
            "summary": register.summary(instance, access, community),
            "panels": panels_of(register, instance, access, community),
            "actions": PageActions.of(
                links_of(register, instance, access, community), urls["edit"] if may_edit else ""
            ),
            "may_edit": may_edit,
            "may_see_history": access.can(Permission.HISTORY_VIEW, community),
            "urls": urls | {"list": self.url("list")},
        }


class HistoryView(RegisterView):
    """Change history of a row; requires the right to see history and the row."""

    def dispatch(self, request, *args, **kwargs):
        require(request, self.register.view)
        return super().dispatch(request, *args, **kwargs)

    def get_permission(self):
        return Permission.HISTORY_VIEW

    def get(self, request, row):
        register = self.register
        require(request, register.view)
        instance = get_object_or_404(register.rows(request.access, request.community), uuid=row)
        merged_ids = merged_ids_of(register, instance, request.access, request.community)
        hidden = register.hidden_fields(request.access, request.community)
        changes = history_of(instance, request.access, request.community, merged_ids, hidden)
        if register.attachments and request.access.can(register.attachments_view, request.community):
            changes += attachment_changes(instance, request.access, request.community, merged_ids)
        return self.page(
            "portal/register_pages/history.html",
            row=instance,
            changes=sorted(changes, key=lambda change: change.at, reverse=True),
            urls={"list": self.url("list"), "detail": self.url("detail", instance)},
        )


_VIEWS = {
    "list": ("", ListView),
    "export": ("export/", ExportView),
    "pick": ("pick/", PickView),
    "detail": ("<uuid:row>/", DetailView),
    "history": ("<uuid:row>/history/", HistoryView),
    **EDITING,
    "similar": ("similar/", SimilarView),
    "columns": ("columns/", ColumnsView),
    "ledger": ("ledger/", LedgerView),
}


def register_urls(declaration: type[Register]) -> list:
    """URL patterns of a register, to be included below `/c/<community>/`.

    Below one prefix, since resolving an address tries one pattern after the other.
    """
    register = declaration()
    patterns = [
        path(route, view.as_view(register=register), name=f"{register.noun}_{action}")
        for action, (route, view) in _VIEWS.items()
        if action in register.actions
    ]
    if "bulk" in register.actions:
        patterns += bulk_urls(register)
    if "attach" in register.actions:
        patterns += attachment_urls(register)
    if "import" in register.actions:
        patterns += import_urls(register)
    return [path(f"{register.url_part}/", include(patterns))]

from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.core.paginator import Paginator
from django.db.models import Func, Q, QuerySet, TextField
from django.shortcuts import render

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.access.views import needs
from portal.audit.models import AccessLog
from portal.audit_pages.entries import entries_with_names, reader_name
from portal.audit_pages.forms import AccessLogFilter
from portal.registers.registry import all_registers
from portal.registers.search_words import SearchWords

PAGE_SIZE = 50
MOST_MATCHES = 1_000
"""Most rows of one table that a search for whose entries they are may find."""


@needs(Permission.ACCESS_LOG_VIEW)
def access_log(request):
    """Access log page: who saw, exported or printed whose data, and why; newest first, with filters."""
    access, community = request.access, request.community
    everything = rows(AccessLog, access, Permission.ACCESS_LOG_VIEW, community)
    form = AccessLogFilter(request.GET, users=_readers(everything))
    form.is_valid()
    chosen = form.cleaned_data
    entries = everything
    for lookup, name in (
        ("user_id", "user"),
        ("action", "action"),
        ("at__date__gte", "since"),
        ("at__date__lte", "until"),
    ):
        if value := chosen.get(name):
            entries = entries.filter(**{lookup: value})
    if chosen.get("q"):
        try:
            entries = _about(entries, chosen["q"], access, community)
        except TooManyMatches:
            form.add_error("q", f"符合的登记超过{MOST_MATCHES}条，请输入完整的姓名或住址。")
    page = Paginator(entries.order_by("-id"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "portal/audit_pages/access_log.html",
        {
            "page": page,
            "entries": entries_with_names(page, access, community),
            "form": form,
            "is_filtered": any(request.GET.get(name) for name in form.fields),
            "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        },
    )


def _readers(entries: QuerySet[AccessLog]) -> list[tuple[int, str]]:
    """Ids and names of the users who stand in these entries, by name."""
    keys = set(entries.order_by().values_list("user_id", flat=True).distinct())
    users = get_user_model()._default_manager.in_bulk(keys)
    return sorted(((key, reader_name(key, users)) for key in keys), key=lambda reader: (reader[1], reader[0]))


class TooManyMatches(Exception):
    """The words find more rows than the log can be searched for."""


class _Ids(Func):
    """The ids of an entry as an array of text."""

    template = "ARRAY(SELECT jsonb_array_elements_text(%(expressions)s))"
    output_field = ArrayField(TextField())


def _about(
    entries: QuerySet[AccessLog], text: str, access: Access, community: CommunityRef
) -> QuerySet[AccessLog]:
    """The entries on rows that this reader finds by these words in the registers; one query for each table logged."""
    words, condition = SearchWords.read(text, community), Q(pk__in=())
    logged = set(entries.order_by().values_list("subject", flat=True).distinct())
    for register in all_registers():
        label = register.model.stored_label
        if label not in logged or not register.search or not access.can(register.view, community):
            continue
        logged.discard(label)
        seen = rows(register.model, access, register.view, community)
        matches = register.filter_by_words(seen, words, access, community)
        keys = list(matches.order_by().values_list("pk", flat=True)[: MOST_MATCHES + 1])
        if len(keys) > MOST_MATCHES:
            raise TooManyMatches
        if keys:
            condition |= Q(subject=label, keys__overlap=[str(key) for key in keys])
    return entries.alias(keys=_Ids("ids")).filter(~Q(action__in=AccessLog.ABOUT_ACCOUNTS), condition)

from collections import defaultdict

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.core.paginator import Paginator
from django.db.models import Func, Q, QuerySet, TextField, Value
from django.shortcuts import render

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.access.views import needs
from portal.audit.models import AccessLog
from portal.audit_pages.entries import named_entries, reader_name, registers_seen, row_links
from portal.audit_pages.forms import AccessLogFilter
from portal.registers.search_words import SearchWords

PAGE_SIZE = 50
MOST_MATCHES = 1_000
"""Most rows that a search for whose entries they are may find."""


@needs(Permission.ACCESS_LOG_VIEW)
def access_log(request):
    """Access log page: who saw, exported or printed whose data, and why; newest first, with filters."""
    access, community = request.access, request.community
    everything = rows(AccessLog, access, Permission.ACCESS_LOG_VIEW, community)
    readers = _readers(everything)
    form = AccessLogFilter(request.GET, users=_choices(readers))
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
            "entries": named_entries(list(page), row_links(page, access, community), readers),
            "form": form,
            "is_filtered": any(request.GET.get(name) for name in form.fields),
            "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        },
    )


def _readers(entries: QuerySet[AccessLog]) -> dict[int, AbstractBaseUser | None]:
    """Id → user of everybody who stands in these entries; None for an account that is gone."""
    keys = set(entries.order_by().values_list("user_id", flat=True).distinct())
    return dict.fromkeys(keys) | get_user_model()._default_manager.in_bulk(keys)


def _choices(readers: dict[int, AbstractBaseUser | None]) -> list[tuple[int, str]]:
    names = ((key, reader_name(key, readers)) for key in readers)
    return sorted(names, key=lambda reader: (reader[1], reader[0]))


class TooManyMatches(Exception):
    """The words find more rows than the log can be searched for."""


class _Ids(Func):
    """The ids of an entry as an array of text."""

    template = "ARRAY(SELECT jsonb_array_elements_text(%(expressions)s))"
    output_field = ArrayField(TextField())


def _about(
    entries: QuerySet[AccessLog], text: str, access: Access, community: CommunityRef
) -> QuerySet[AccessLog]:
    """The entries on rows that this reader finds by these words in the registers."""
    words, parts = SearchWords.read(text, community), []
    for label, register in registers_seen(access, community).items():
        if register.search:
            seen = rows(register.model, access, register.view, community)
            matches = register.filter_by_words(seen, words, access, community)
            parts.append(matches.order_by().annotate(of=Value(label)).values_list("of", "pk"))
    found = parts[0].union(*parts[1:])[: MOST_MATCHES + 1] if parts else ()
    keys_by_label: dict[str, list[str]] = defaultdict(list)
    for label, pk in found:
        keys_by_label[label].append(str(pk))
    if sum(map(len, keys_by_label.values())) > MOST_MATCHES:
        raise TooManyMatches
    condition = Q(pk__in=())
    for label, keys in keys_by_label.items():
        condition |= Q(subject=label, keys__overlap=keys)
    return entries.alias(keys=_Ids("ids")).filter(~Q(action__in=AccessLog.ABOUT_ACCOUNTS), condition)

"""Entries of the access log with names: of their users, and of the rows that were seen, where the reader may see them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model

from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.audit.access_log import NOBODY
from portal.audit.models import AccessLog
from portal.database.foreign_keys import model_of
from portal.registers.panels import Link
from portal.registers.registry import all_registers

MOST_NAMES = 3
"""Most rows of one entry that are named; an export may hold thousands."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A log entry with the names of its user, of the affected accounts, and of the first rows that were seen."""

    entry: AccessLog
    who: str
    noun: str
    """What was seen: the noun of its table, or the text of the entry."""
    names: tuple[Link, ...] = ()
    accounts: str = ""

    @property
    def unnamed(self) -> int:
        """How many rows are not named: beyond the first ones, deleted, or not open to the reader."""
        return 0 if self.accounts else len(self.entry.ids) - len(self.names)


def account_entries(entries: Iterable[AccessLog]) -> list[LogEntry]:
    """Entries about accounts, with the names of users and accounts."""
    return _named(entries, {})


def entries_with_names(
    entries: Iterable[AccessLog], access: Access, community: CommunityRef
) -> list[LogEntry]:
    """Entries of one community, with what this reader may see of the rows: one query for each table of the page."""
    entries = list(entries)
    keys_by_label: dict[str, set] = defaultdict(set)
    for entry in entries:
        if entry.action not in AccessLog.ABOUT_ACCOUNTS:
            keys_by_label[entry.subject].update(entry.ids[:MOST_NAMES])
    return _named(entries, _row_links(keys_by_label, access, community))


def _row_links(
    keys_by_label: dict[str, set], access: Access, community: CommunityRef
) -> dict[tuple[str, int], Link]:
    """Label and id → name and page of the row, by the register of its table and the right to it."""
    links = {}
    for register in all_registers():
        label = register.model.stored_label
        if (keys := keys_by_label.pop(label, None)) and access.can(register.view, community):
            seen = rows(register.model, access, register.view, community).filter(pk__in=keys)
            for row in seen.select_related(*getattr(register.model, "named_by", ())):
                links[label, row.pk] = Link(str(row), register.url("detail", community, row))
    return links


def _named(entries: Iterable[AccessLog], links: dict[tuple[str, int], Link]) -> list[LogEntry]:
    entries = list(entries)
    keys = {entry.user_id for entry in entries}
    keys |= {key for entry in entries if entry.action in AccessLog.ABOUT_ACCOUNTS for key in entry.ids}
    users = get_user_model()._default_manager.in_bulk(keys)
    return [_line(entry, users, links) for entry in entries]


def _line(entry: AccessLog, users: dict, links: dict[tuple[str, int], Link]) -> LogEntry:
    who = reader_name(entry.user_id, users)
    if entry.action in AccessLog.ABOUT_ACCOUNTS:
        accounts = [users[key] for key in entry.ids if key in users]
        words = "、".join(f"{account.name}（{account.username}）" for account in accounts)
        return LogEntry(entry, who, entry.subject, accounts=words)
    named = (links.get((entry.subject, key)) for key in entry.ids[:MOST_NAMES])
    return LogEntry(entry, who, noun_of(entry.subject), tuple(link for link in named if link))


def reader_name(user_id: int, users: dict) -> str:
    """Name of the user of an entry; of the portal itself, or of an account that is gone, a word for it."""
    user = users.get(user_id)
    return user.name if user else "系统" if user_id == NOBODY else "（已停用）"


def noun_of(subject: str) -> str:
    """The noun of the table that an entry names, or the subject itself where it is none."""
    try:
        return str(model_of(subject)._meta.verbose_name)
    except LookupError:
        return subject

"""Entries of the access log with names: of their users, and of the rows that were seen, where the reader may see them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import TextField, Value
from django.db.models.constants import LOOKUP_SEP
from django.db.models.functions import Cast, Coalesce

from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.audit.access_log import NOBODY
from portal.audit.models import AccessLog
from portal.database.foreign_keys import model_of
from portal.registers.panels import Link
from portal.registers.registers import Register
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
    return named_entries(list(entries), {}, {})


def named_entries(
    entries: list[AccessLog], links: dict[tuple[str, int], Link], readers: dict[int, AbstractBaseUser]
) -> list[LogEntry]:
    """Entries with names: of the rows by `links`, of the users by `readers` and, where they are missing there, by a query."""
    keys = {entry.user_id for entry in entries}
    keys |= {key for entry in entries if entry.action in AccessLog.ABOUT_ACCOUNTS for key in entry.ids}
    users = readers | get_user_model()._default_manager.in_bulk(keys - readers.keys())
    return [_line(entry, users, links) for entry in entries]


def row_links(
    entries: Iterable[AccessLog], access: Access, community: CommunityRef
) -> dict[tuple[str, int], Link]:
    """Table and id → name and page of the first rows of each entry that this reader may see. One query."""
    keys_by_label: dict[str, set] = defaultdict(set)
    for entry in entries:
        if entry.action not in AccessLog.ABOUT_ACCOUNTS:
            keys_by_label[entry.subject].update(entry.ids[:MOST_NAMES])
    registers, parts = {}, []
    for label, register in registers_seen(access, community).items():
        names = [Cast(path, TextField()) for path in _name_paths(register.model)]
        if (keys := keys_by_label.get(label)) and names:
            seen = rows(register.model, access, register.view, community).filter(pk__in=keys).order_by()
            seen = seen.annotate(
                row_label=Value(label), row_name=Coalesce(*names, Value(""), output_field=TextField())
            )
            parts.append(seen.values_list("row_label", "pk", "uuid", "row_name"))
            registers[label] = register
    return {
        (label, pk): Link(words, registers[label].url("detail", community, registers[label].model(uuid=uuid)))
        for label, pk, uuid, words in (parts[0].union(*parts[1:], all=True) if parts else ())
        if words
    }


def registers_seen(access: Access, community: CommunityRef) -> dict[str, Register]:
    """Label of a table → its register, of those that this reader may see here."""
    return {
        register.model.stored_label: register
        for register in all_registers()
        if access.can(register.view, community)
    }


def _name_paths(model: type[models.Model]) -> list:
    """Lookups of the columns that name a row: its `log_name`, an expression, or those of the rows in `named_by`, then its own."""
    if own := getattr(model, "log_name", None):
        return [own]
    paths = []
    for relation in getattr(model, "named_by", ()):
        related = model
        for step in relation.split(LOOKUP_SEP):
            related = related._meta.get_field(step).related_model
        paths += [f"{relation}{LOOKUP_SEP}{path}" for path in _own_names(related)]
    return [*paths, *_own_names(model)]


def _own_names(model: type[models.Model]) -> list[str]:
    columns = {field.name for field in model._meta.concrete_fields}
    return [name for name in ("label", "name", "title") if name in columns][:1]


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

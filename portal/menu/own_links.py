"""Pins (收藏) of a user and the last things they opened, by keys: `residents:person_list` or `residents:person/<uuid>`.

A key is resolved with the rights of today: what the user may no longer open is not named.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from portal.access.user_access import Access, CommunityRef
from portal.forms.refusals import Refusal
from portal.menu.menu import page_entries
from portal.menu.models import OwnLinks
from portal.registers.registry import all_registers

MOST = 8
"""Pins, and recent things, of one user in one community."""
RETENTION = datetime.timedelta(days=180)
_NEVER = ("community:community_home", "portal:own_links")
"""Pages that are a click away anyhow."""


@dataclass(frozen=True, slots=True)
class OwnLink:
    """A pinned or recently opened thing that the user may open. kind: the noun of a row; the area of a page, if it says more."""

    key: str
    label: str
    kind: str
    url: str


def key_of(view_name: str, kwargs: dict, code: str) -> str:
    """Key of the page with this URL name: a page of the menus or the detail page of a register's row; else empty."""
    if "row" in kwargs:
        label = view_name.removesuffix("_detail")
        is_register = label != view_name and any(r.label == label for r in all_registers())
        return f"{label}/{kwargs['row']}" if is_register else ""
    is_page = view_name not in _NEVER and any(page.name == view_name for page in page_entries(code))
    return view_name if is_page else ""


def links_of(user_id: int, community: CommunityRef) -> OwnLinks:
    """The user's pins and recent things in the community; empty before the first. One query."""
    of = {"user_id": user_id, "community_id": community.id}
    return OwnLinks.objects.filter(**of).first() or OwnLinks(**of)


def resolve(keys: Iterable[str], access: Access, community: CommunityRef) -> dict[str, OwnLink]:
    """The things behind these keys that the user may open now, by key; one query for each register among them."""
    pages = {page.name: page for page in page_entries(community.code)}
    registers = {register.label: register for register in all_registers()}
    links, keys_by_register = {}, defaultdict(dict)
    for key in keys:
        label, is_row, row = key.partition("/")
        if is_row and label in registers and access.can(registers[label].view, community):
            try:
                keys_by_register[label][uuid.UUID(row)] = key
            except ValueError:
                continue
        elif (page := pages.get(key)) and access.can(page.permission, community):
            kind = page.area.label if page.area.label != page.label else ""
            links[key] = OwnLink(key, page.label, kind, page.url)
    for label, key_by_uuid in keys_by_register.items():
        register = registers[label]
        found = register.rows(access, community).select_related(*getattr(register.model, "named_by", ()))
        for row in found.filter(uuid__in=key_by_uuid):
            key = key_by_uuid[row.uuid]
            links[key] = OwnLink(key, str(row), register.unit, register.url("detail", community, row))
    return links


def record_opened(links: OwnLinks, key: str) -> None:
    """Put a page or row in front of the recent things; nothing is written where it stands there."""
    if links.recent[:1] == [key]:
        return
    links.recent = [key, *(each for each in links.recent if each != key)][:MOST]
    OwnLinks.objects.bulk_create(
        [OwnLinks(user_id=links.user_id, community_id=links.community_id, recent=links.recent)],
        update_conflicts=True,
        unique_fields=["user_id", "community_id"],
        update_fields=["recent", "used_at"],
    )


@transaction.atomic
def set_pin(key: str, *, pinned: bool, access: Access, community: CommunityRef) -> None:
    """Pin a thing that the user may open, or unpin it. Raises Refusal when there is no place left.

    Pins that lead nowhere any more make room.
    """
    of = {"user_id": access.user.pk, "community_id": community.id}
    OwnLinks.objects.bulk_create([OwnLinks(**of)], ignore_conflicts=True)
    links = OwnLinks.objects.select_for_update().get(**of)
    others = [each for each in links.pins if each != key]
    if pinned and len(others) >= MOST:
        visible = resolve(others, access, community)
        others = [each for each in others if each in visible]
        if len(others) >= MOST:
            raise Refusal(f"最多收藏{MOST}项，请先取消一项。")
    links.pins = [key, *others] if pinned else others
    links.save(update_fields=["pins", "used_at"])


def delete_unused_links() -> None:
    """Delete what nobody has used for the retention period, such as that of closed accounts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_forget_own_links(%s)", [RETENTION])

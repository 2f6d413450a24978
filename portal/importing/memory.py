"""Remembered column mappings: what a community confirmed for a header is proposed again for the same header.

Stored by a fingerprint of the header; neither the header nor row data is stored.
"""

import hashlib

from django.utils import timezone

from portal.importing.models import ImportMapping
from portal.importing.pipeline import Importer
from portal.importing.proposal import default_sheets
from portal.importing.protocol import ImportTarget
from portal.spreadsheets.headers import header_key


def fingerprint(headers: list[str]) -> str:
    """Hash of a header, equal for headers that differ only in spaces, line breaks and marks."""
    return hashlib.sha256("\x1f".join(header_key(name) for name in headers).encode()).hexdigest()


def with_remembered_mappings(proposal: dict, register: str, importer: Importer, into: ImportTarget) -> dict:
    """The proposal with the mappings confirmed last time; such layouts are marked `remembered`."""
    prints = [fingerprint(layout["headers"]) for layout in proposal["layouts"]]
    mappings = ImportMapping.objects.filter(
        community_id=into.community_id, register=register, fingerprint__in=prints
    )
    fields = dict(mappings.values_list("fingerprint", "fields"))
    keys = {field.name for field in importer.fields}
    layouts = []
    for layout, key in zip(proposal["layouts"], prints, strict=True):
        if key in fields:
            # A field may have been removed from the register since.
            layout = layout | {
                "fields": {name: column for name, column in fields[key].items() if name in keys},
                "remembered": True,
            }
        layouts.append(layout)
    proposal = proposal | {"layouts": layouts}
    return proposal | {"used": default_sheets(proposal, importer)}


def remember_mappings(proposal: dict, register: str, into: ImportTarget) -> None:
    """Store the confirmed mapping of every layout in use."""
    used = set(proposal["used"])
    fields_by_header = {
        fingerprint(layout["headers"]): layout["fields"]
        for layout in proposal["layouts"]
        if used & set(layout["sheets"])
    }
    ImportMapping.objects.bulk_create(
        [
            ImportMapping(
                community_id=into.community_id,
                register=register,
                fingerprint=key,
                fields=fields,
                confirmed_at=timezone.now(),
            )
            for key, fields in fields_by_header.items()
        ],
        update_conflicts=True,
        unique_fields=["community_id", "register", "fingerprint"],
        update_fields=["fields", "confirmed_at"],
    )

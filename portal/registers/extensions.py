"""Extensions of registers: what a feature adds to the pages of a noun that must not know the feature.

A feature above declares a `RegisterExtension` with `@extend`, found at start. The functions below compose what the
register itself says with what its extensions add; pages call them instead of the register's own hooks.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models

from portal.access.user_access import Access, CommunityRef


class RegisterExtension:
    """Base of all extensions. Class attributes are the declaration; methods are hooks with defaults.

    model: whose register is extended.
    order: sorts the extensions of one register; panels and links of a negative one stand before the register's own.
    filters, parts, importer: as in `portal.registers.registers.Register`.
    """

    model: type[models.Model]
    order: int = 50
    filters: tuple = ()
    parts: tuple[type[models.Model], ...] = ()
    importer: Callable | None = None

    def panels(self, row, access: Access, community: CommunityRef) -> list:
        """More tables of related rows on the detail page."""
        return []

    def links(self, row, access: Access, community: CommunityRef) -> list:
        """What else can be done with this row."""
        return []

    def list_links(self, access: Access, community: CommunityRef) -> list:
        """More buttons above the list."""
        return []

    def absorbed(self, row, access: Access, community: CommunityRef) -> Sequence[int]:
        """Keys of rows that have become part of this one."""
        return ()

    def successor(self, uuid, access: Access, community: CommunityRef) -> Any:
        """The row that one of this uuid, which is gone, has become part of; None if there is none."""
        return None


_extensions: dict[type[models.Model], list[RegisterExtension]] = {}


def extend(declaration: type[RegisterExtension]) -> type[RegisterExtension]:
    """Class decorator: make an extension known to the pages of its model's register."""
    extensions = _extensions.setdefault(declaration.model, [])
    extensions.append(declaration())
    extensions.sort(key=lambda extension: extension.order)
    return declaration


def extensions_of(model: type[models.Model]) -> tuple[RegisterExtension, ...]:
    return tuple(_extensions.get(model, ()))


def panels_of(register, row, access: Access, community: CommunityRef) -> list:
    """The panels of a row's detail page."""
    return _around(
        register,
        register.panels(row, access, community),
        lambda extension: extension.panels(row, access, community),
    )


def links_of(register, row, access: Access, community: CommunityRef) -> list:
    """The buttons of a row's detail page."""
    return _around(
        register,
        register.links(row, access, community),
        lambda extension: extension.links(row, access, community),
    )


def list_links_of(register, access: Access, community: CommunityRef) -> list:
    """The buttons above the list, besides those of the declaration."""
    return _around(
        register,
        register.list_links(access, community),
        lambda extension: extension.list_links(access, community),
    )


def _around(register, own: Sequence, more: Callable[[RegisterExtension], Sequence]) -> list:
    """The register's own items between those of its extensions."""
    extensions = extensions_of(register.model)
    before = [item for extension in extensions if extension.order < 0 for item in more(extension)]
    after = [item for extension in extensions if extension.order >= 0 for item in more(extension)]
    return [*before, *own, *after]


def filters_of(register) -> tuple:
    """The filters of the list."""
    return (
        *register.filters,
        *(entry for extension in extensions_of(register.model) for entry in extension.filters),
    )


def parts_of(register) -> tuple[type[models.Model], ...]:
    """Other tables whose rows belong to a row of this register."""
    return (
        *register.parts,
        *(part for extension in extensions_of(register.model) for part in extension.parts),
    )


def importer_of(register) -> Callable | None:
    """What makes the importer of the register; None if rows follow from its `import_fields`."""
    importers = (extension.importer for extension in extensions_of(register.model) if extension.importer)
    return register.importer or next(importers, None)


def absorbed_keys(register, row, access: Access, community: CommunityRef) -> list[int]:
    """Keys of rows that have become part of this one; their history is shown with its own."""
    keys = list(register.absorbed(row, access, community))
    for extension in extensions_of(register.model):
        keys += extension.absorbed(row, access, community)
    return keys


def successor_of(register, uuid, access: Access, community: CommunityRef) -> Any:
    """The row that one of this uuid, which is gone, has become part of; None if there is none."""
    for declaration in (register, *extensions_of(register.model)):
        if (row := declaration.successor(uuid, access, community)) is not None:
            return row
    return None

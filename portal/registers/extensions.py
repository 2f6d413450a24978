"""Extensions of registers: what a feature adds to the pages of a noun that must not know the feature.

A feature above declares a `RegisterExtension` with `@extend`, discovered at start. The functions below combine the
register's own panels, links, filters and parts with those of its extensions; pages call them instead of the register's methods.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models

from portal.access.user_access import Access, CommunityRef


class RegisterExtension:
    """Base class of extensions. Class attributes are the declaration; methods are hooks with defaults.

    model: whose register is extended.
    order: sorts the extensions of one register; panels and links of a negative one come before the register's own.
    filters, part_models, importer: as in `portal.registers.registers.Register`.
    """

    model: type[models.Model]
    order: int = 50
    filters: tuple = ()
    part_models: tuple[type[models.Model], ...] = ()
    importer: Callable | None = None

    def panels(self, row, access: Access, community: CommunityRef) -> list:
        """Additional tables of related rows on the detail page."""
        return []

    def links(self, row, access: Access, community: CommunityRef) -> list:
        """Further actions on this row."""
        return []

    def list_links(self, access: Access, community: CommunityRef) -> list:
        """Additional buttons above the list."""
        return []

    def create_links(self, access: Access, community: CommunityRef) -> list:
        """Links beside the form of a new row: other ways to register the same."""
        return []

    def merged_ids(self, row, access: Access, community: CommunityRef) -> Sequence[int]:
        """Primary keys of rows merged into this one."""
        return ()

    def merged_into(self, uuid, access: Access, community: CommunityRef) -> Any:
        """The row into which the deleted row of this uuid was merged; None if it was not merged."""
        return None


_extensions: dict[type[models.Model], list[RegisterExtension]] = {}


def extend(declaration: type[RegisterExtension]) -> type[RegisterExtension]:
    """Class decorator: register an extension for the pages of its model's register."""
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
    """The additional buttons above the list."""
    return _around(
        register,
        register.list_links(access, community),
        lambda extension: extension.list_links(access, community),
    )


def create_links_of(register, access: Access, community: CommunityRef) -> list:
    """The links beside the form of a new row."""
    extensions = extensions_of(register.model)
    return [link for extension in extensions for link in extension.create_links(access, community)]


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
    """Models whose rows are part of a row of this register and are purged with it."""
    return (
        *register.part_models,
        *(part for extension in extensions_of(register.model) for part in extension.part_models),
    )


def importer_of(register) -> Callable | None:
    """Factory of the register's importer; None if rows are imported by its `import_fields`."""
    importers = (extension.importer for extension in extensions_of(register.model) if extension.importer)
    return register.importer or next(importers, None)


def merged_ids_of(register, row, access: Access, community: CommunityRef) -> list[int]:
    """Primary keys of rows merged into this one; their history is shown with its own."""
    keys = list(register.merged_ids(row, access, community))
    for extension in extensions_of(register.model):
        keys += extension.merged_ids(row, access, community)
    return keys


def merge_target_of(register, uuid, access: Access, community: CommunityRef) -> Any:
    """The row into which the deleted row of this uuid was merged; None if it was not merged."""
    for declaration in (register, *extensions_of(register.model)):
        if (row := declaration.merged_into(uuid, access, community)) is not None:
            return row
    return None

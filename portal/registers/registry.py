"""Registry of all registers, which pages, menus, imports and tests use."""

from typing import TYPE_CHECKING

from django.db import models

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import WRITING, Access, CommunityRef
from portal.retention.data_categories import declare_register

if TYPE_CHECKING:
    from portal.registers.registers import Register

_registers: dict[str, "Register"] = {}


def register(declaration: type["Register"]) -> type["Register"]:
    """Class decorator: add the register to the registry that pages, menus, imports and tests use.

    Holders of its edit or import right get write access in the database (`portal.access.user_access.WRITING`).
    """
    instance = declaration()
    WRITING.update({instance.edit, instance.import_right} - {None})
    _registers[instance.label] = instance
    if instance.retention is not None:
        declare_register(lambda: instance.category)
    return declaration


def all_registers() -> tuple["Register", ...]:
    return tuple(_registers.values())


def get_register(label: str) -> "Register":
    """The register of `<app>:<noun>`."""
    return _registers[label]


def row_url(row: models.Model, community: CommunityRef) -> str:
    """The page of a row, by the register of its model: for features that must not know that register."""
    register = next(r for r in all_registers() if r.model is type(row))
    return register.url("detail", community, row)


def choices_of(model: type[models.Model], access: Access, community: CommunityRef, fallback: Permission):
    """The rows of `model` that a form may offer as choices, by the view right of its register."""
    register = next((r for r in all_registers() if r.model is model), None)
    return rows(model, access, register.view if register else fallback, community)

"""Registry of all registers, which pages, menus, imports and tests use."""

from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured
from django.db import models

from portal.access.permissions import Permission
from portal.access.querysets import body_path_of, rows
from portal.access.roles import BODY_RIGHTS
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
    _check_body_rights(instance)
    WRITING.update({instance.edit, instance.import_right} - {None})
    _registers[instance.label] = instance
    if instance.retention is not None:
        declare_register(lambda: instance.category)
    return declaration


def _check_body_rights(register: "Register") -> None:
    """Raise ImproperlyConfigured where a right held at a body would reach rows of other bodies."""
    if BODY_RIGHTS & {register.view, register.edit, register.export_right}:
        body_path_of(register.model)
    if register.import_right in BODY_RIGHTS:
        # A file matches rows of the whole community by their key.
        raise ImproperlyConfigured(f"{register.label}: an import needs a right held for the whole community")


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
    """The rows of `model` that a form may offer as choices, by the view right of its register.

    fallback: the right of the form. Where that is held at bodies, it also gives their rows, and no others.
    """
    register = next((r for r in all_registers() if r.model is model), None)
    if register is None or (fallback in BODY_RIGHTS and hasattr(model, "body_path")):
        return rows(model, access, fallback, community)
    return rows(model, access, register.view, community)

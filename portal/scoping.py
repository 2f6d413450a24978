"""The first lock: rows are asked for by access and permission, never by id alone."""

from collections.abc import Iterable

from django.db import models

from portal.access import Access, CommunityRef
from portal.permissions import Permission


class RightField(models.CharField):
    """The right (`portal.permissions.Permission`) without which a row is not seen, besides the right to its table.

    For tables whose rows come from elsewhere: what was handed over asks the right of its source. Everything that asks
    for rows by `rows()` follows; `portal.rls.RowSecurity.right` names the same column for the second lock.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_length": 40} | kwargs)


class ScopedQuerySet(models.QuerySet):
    """Rows of a table that belongs to communities."""

    def visible_to(self, access: Access, permission: Permission) -> "ScopedQuerySet":
        """The rows of the communities in which `access` holds `permission`; for a stranger none."""
        ids = access.community_ids(permission)
        if right := right_of_rows(self.model):
            return self.filter(_held(right, access, ids))
        if len(ids) == 1:
            return self.filter(community_id=next(iter(ids)))
        return self.filter(community_id__in=ids)

    def of(self, community: CommunityRef | models.Model) -> "ScopedQuerySet":
        """The rows of one community."""
        return self.filter(community_id=community.id)


def right_of_rows(model: type[models.Model]) -> str:
    """The name of the model's `RightField`; empty where all rows ask the same right."""
    return next((f.name for f in model._meta.concrete_fields if isinstance(f, RightField)), "")


def _held(right: str, access: Access, ids: Iterable[int]) -> models.Q:
    """Rows of these communities whose own right is held there."""
    held = models.Q(pk__in=())
    for pk in ids:
        held |= models.Q(("community_id", pk), (f"{right}__in", sorted(access.rights_in(pk))))
    return held


def rows(model: type[models.Model], access: Access, permission: Permission, community=None):
    """The rows of `model` that `access` may touch with `permission`, narrowed to `community` if given.

    The one way in which views, forms and registers reach a table.
    """
    found = model._default_manager.visible_to(access, permission)
    return found if community is None else found.of(community)


class ScopedForeignKey(models.ForeignKey):
    """A foreign key between two rows of one community.

    The database's own constraint is composite, `(community_id, x_id)`, and is installed by
    `portal.rls.scoped_keys`; Django's single-column one is left out.

    same: a column in which both rows agree, by a key of its own.
    """

    def __init__(self, to, on_delete=models.PROTECT, *, same: str = "", **kwargs):
        kwargs["db_constraint"] = False
        self.same = same
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["db_constraint"]
        return name, path, args, kwargs | ({"same": self.same} if self.same else {})

"""Scoped querysets, the first lock: rows are queried by access and permission, never by id alone."""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from portal.access.permissions import Permission
from portal.access.roles import BODY_RIGHTS
from portal.access.user_access import Access, CommunityRef


class RightField(models.CharField):
    """Right (`portal.access.permissions.Permission`) required to see this row, besides the right to its table.

    For tables whose rows come from other features: a hand-over requires the right of its source. `rows()` applies it
    to every query; `portal.access.rls.RowSecurity.right` names the same column for the second lock.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_length": 40} | kwargs)


class HiddenFromField(ArrayField):
    """Ids of the users who never see this row, whatever rights they hold: whom it is about.

    `rows()` applies it to every query; `portal.access.rls.RowSecurity.hidden_from` names the same column for the second lock.
    """

    def __init__(self, verbose_name=None, **kwargs):
        base = kwargs.pop("base_field", None) or models.BigIntegerField()
        super().__init__(base, verbose_name=verbose_name, **{"default": list} | kwargs)


class ScopedQuerySet(models.QuerySet):
    """Queryset of a table whose rows belong to communities."""

    def visible_to(self, access: Access, permission: Permission) -> "ScopedQuerySet":
        """Rows of the communities in which `access` holds `permission`.

        A right that is held at a body (`BODY_RIGHTS`) gives the rows of its bodies, by the model's `body_path`.
        """
        if hidden_from := _field_of(self.model, HiddenFromField):
            mine = models.Q((f"{hidden_from}__contains", [access.user.pk]))
            return self.exclude(mine)._in_communities_with(access, permission)
        return self._in_communities_with(access, permission)

    def _in_communities_with(self, access: Access, permission: Permission) -> "ScopedQuerySet":
        ids = access.community_ids(permission)
        right = right_of_rows(self.model)
        queryset = self.filter(_own_right_held(self.model, right, access, ids)) if right else self
        if permission in BODY_RIGHTS:
            return queryset.filter(_at_bodies(body_path_of(self.model), access, permission, ids))
        if right:
            return queryset
        if len(ids) == 1:
            return self.filter(community_id=next(iter(ids)))
        return self.filter(community_id__in=ids)

    def of(self, community: CommunityRef | models.Model) -> "ScopedQuerySet":
        """Rows of one community."""
        return self.filter(community_id=community.id)

    def in_communities(self, ids: Iterable[int]) -> "ScopedQuerySet":
        """Rows of several communities, by their ids."""
        return self.filter(community_id__in=list(ids))

    def counts_by_community(self) -> dict[int, int]:
        """Number of rows by community id, without communities that have none. One query."""
        return dict(self.order_by().values_list("community_id").annotate(models.Count("pk")))


def right_of_rows(model: type[models.Model]) -> str:
    """Name of the model's `RightField`; empty if all rows require the same right."""
    return _field_of(model, RightField)


def _field_of(model: type[models.Model], kind: type[models.Field]) -> str:
    """Name of the model's field of a kind; empty without one."""
    return next((f.name for f in model._meta.concrete_fields if isinstance(f, kind)), "")


def body_path_of(model: type[models.Model]) -> str:
    """Lookup from a row to its body. Raises ImproperlyConfigured without one: a right of a body would show all rows."""
    path = getattr(model, "body_path", "")
    if not path:
        raise ImproperlyConfigured(
            f"{model.__name__} has no body_path, so no right held at a body gives its rows"
        )
    return path


def _at_bodies(path: str, access: Access, permission: Permission, ids: Iterable[int]) -> models.Q:
    """Condition: rows of these communities, of the bodies for which the user holds the right there."""
    condition = models.Q(pk__in=())
    for pk in ids:
        bodies = access.bodies(permission, pk)
        at_body = models.Q() if bodies is None else models.Q((f"{path}__in", bodies))
        condition |= models.Q(community_id=pk) & at_body
    return condition


def _own_right_held(model: type[models.Model], right: str, access: Access, ids: Iterable[int]) -> models.Q:
    """Condition: rows of these communities whose own right the user holds there; at a body, for rows of that body."""
    condition, path = models.Q(pk__in=()), getattr(model, "body_path", "")
    for pk in ids:
        bodies_by_right = {each: access.bodies(each, pk) for each in sorted(access.rights_in(pk))}
        whole = [each for each, bodies in bodies_by_right.items() if bodies is None]
        condition |= models.Q(("community_id", pk), (f"{right}__in", whole))
        for each, bodies in bodies_by_right.items():
            if bodies and path:
                condition |= models.Q(("community_id", pk), (right, each), (f"{path}__in", bodies))
    return condition


def rows(model: type[models.Model], access: Access, permission: Permission, community=None):
    """Rows of `model` that `access` may use with `permission`, limited to `community` if given.

    Views, forms and registers query tables only through this function.
    """
    if permission in BODY_RIGHTS:
        body_path_of(model)
    queryset = model._default_manager.visible_to(access, permission)
    return queryset if community is None else queryset.of(community)


class ScopedForeignKey(models.ForeignKey):
    """Foreign key between two rows of one community.

    The database's own constraint is composite, `(community_id, x_id)`, and is installed by
    `portal.access.rls.scoped_keys`; Django's single-column one is left out.

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


class ScopedOneToOneField(ScopedForeignKey, models.OneToOneField):
    """Foreign key between two rows of one community that have one of each other."""

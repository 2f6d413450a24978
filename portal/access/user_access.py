"""Access of one user: rights, communities and database scope, derived once per request from today's role assignments."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.urls import reverse

from portal.access.db_scope import APP, HEAD, MEMBER, STREET
from portal.access.permissions import Permission
from portal.access.roles import BODY_RIGHTS, ROLES, HeldAt


@dataclass(frozen=True, slots=True)
class CommunityRef:
    """Reference to a community without its row: key, code in URLs, name, and the day it began to use the portal."""

    id: int
    code: str
    name: str
    opened_on: datetime.date
    is_demo: bool = False

    def url(self, name: str, **kwargs) -> str:
        """Address of a page below the community's, by its URL name."""
        return reverse(name, kwargs={"community": self.code, **kwargs})


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role assignment that is valid today: at a street or a community; building heads also have their stairwells.

    bodies: ids of the body at which it is held and of all below it.
    """

    role: str
    community: CommunityRef | None = None
    street_id: int | None = None
    stairwells: frozenset[int] = frozenset()
    bodies: frozenset[int] = frozenset()

    @property
    def space(self) -> str:
        """Database role of the pages that this role opens; empty for a role without pages of a community."""
        return _SPACES_OF_ROLES.get(self.role) or _SPACES.get(ROLES[self.role].held_at, "")


_SPACES = {HeldAt.COMMUNITY: APP, HeldAt.BODY: APP, HeldAt.PLACE: HEAD, HeldAt.STREET: STREET}
_SPACES_OF_ROLES = {"member": MEMBER}
"""Roles whose pages stand in another space than those of other roles held at the same kind of place."""


@dataclass(frozen=True)
class Access:
    """The rights of `user` today. An anonymous user has none."""

    user: object
    holdings: tuple[HeldRole, ...] = ()
    street_communities: tuple[CommunityRef, ...] = ()
    """The communities below the streets at which this user holds a role."""
    _by_permission: dict = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, user, phone=None) -> "Access":
        """Access by the roles that `user` holds today. The user model reads them, since portal knows no domain table.

        A session opened by the PIN of a bound `phone` gets only the stairwells and the memberships in that phone's
        community, whatever other roles the account holds: six digits may open no more than that.
        """
        if not user.is_authenticated:
            return cls(user)
        holdings, street_communities = user.read_held_roles()
        access = cls(user, tuple(holdings), tuple(street_communities))
        if phone is None:
            return access
        return cls(user, tuple(h for h in access.phone_roles if h.community.id == phone.community_id))

    def community_ids(self, permission: Permission) -> frozenset[int]:
        """Ids of the communities in which the user holds `permission`."""
        if permission not in self._by_permission:
            self._by_permission[permission] = frozenset(
                h.community.id
                for h in self.holdings
                if h.community and permission in ROLES[h.role].permissions
            )
        return self._by_permission[permission]

    def can(self, permission: Permission, community: CommunityRef | None = None) -> bool:
        """Whether the user holds `permission` in `community`; without one, anywhere at all."""
        if community is None:
            return any(permission in ROLES[h.role].permissions for h in self.holdings)
        return community.id in self.community_ids(permission)

    def bodies(self, permission: Permission, community_id: int) -> frozenset[int] | None:
        """Ids of the bodies for whose rows the user holds `permission` in a community; None: for all rows of it."""
        holdings = [
            h
            for h in self.holdings
            if h.community and h.community.id == community_id and permission in ROLES[h.role].permissions
        ]
        if permission not in BODY_RIGHTS and holdings:
            return None
        if any(ROLES[h.role].held_at is not HeldAt.BODY for h in holdings):
            return None
        return frozenset().union(*(h.bodies for h in holdings))

    def permitted(
        self, permission: Permission, communities: Iterable[CommunityRef]
    ) -> dict[int, CommunityRef]:
        """Those of `communities` in which the user holds `permission`, by id."""
        return {ref.id: ref for ref in communities if self.can(permission, ref)}

    def rights_in(self, community_id: int) -> frozenset[Permission]:
        """All rights of the user in one community."""
        permission_sets = [
            ROLES[h.role].permissions for h in self.holdings if h.community and h.community.id == community_id
        ]
        return frozenset().union(*permission_sets)

    def roles_in(self, community: CommunityRef) -> list[str]:
        return [h.role for h in self.holdings if h.community and h.community.id == community.id]

    def within(self, space: str) -> "Access":
        """Access of the same user restricted to roles whose pages run as this database role (`portal.access.db_scope`)."""
        below = self.street_communities if space == STREET else ()
        return Access(self.user, tuple(h for h in self.holdings if h.space == space), below)

    def places(self, space: str) -> tuple[CommunityRef, ...]:
        """Communities whose pages in this URL space the user may open, the oldest first."""
        if space == APP:
            return self.communities
        if space == STREET:
            return self.street_communities
        refs_by_id = {h.community.id: h.community for h in self.holdings if h.community and h.space == space}
        return tuple(sorted(refs_by_id.values(), key=lambda ref: ref.id))

    def scope_arguments(self, space: str) -> dict:
        """Arguments of `portal.access.db_scope.scope` for what the user may read in this URL space."""
        communities = [ref.id for ref in self.places(space)]
        rights = frozenset().union(*(self.rights_in(pk) for pk in communities))
        arguments = {"communities": communities, "rights": sorted(rights)}
        if space == HEAD:
            arguments["stairwells"] = sorted(set().union(*(h.stairwells for h in self.stairwell_roles)))
        if space == MEMBER:
            arguments["person"] = self.user.person_id if self.user.is_authenticated else None
            of_members = (h.bodies for h in self.holdings if h.space == MEMBER)
            arguments["bodies"] = sorted(frozenset().union(*of_members))
        if space == STREET:
            arguments["streets"] = self.street_ids
        return arguments

    @cached_property
    def communities(self) -> tuple[CommunityRef, ...]:
        """The communities in which the user holds a role with pages below `/c/`, the oldest first."""
        refs_by_id = {h.community.id: h.community for h in self.holdings if h.community and h.space == APP}
        return tuple(sorted(refs_by_id.values(), key=lambda ref: ref.id))

    def community(self, code: str) -> CommunityRef | None:
        """The member's community with this code, or None for strangers."""
        return next((ref for ref in self.communities if ref.code == code), None)

    @cached_property
    def writable_ids(self) -> tuple[int, ...]:
        """Communities whose rows the database lets this user change: those with any right to write."""
        return tuple(ref.id for ref in self.communities if any(self.can(p, ref) for p in WRITING))

    @cached_property
    def absent_colleagues(self) -> Mapping[int, Mapping[int, str]]:
        """Community id → user id → name of those who are away today and for whom this user stands in.

        The user model reads them, as it does the roles; inside the scope of the desk.
        """
        return self.user.read_absent_colleagues([ref.id for ref in self.communities])

    @cached_property
    def stairwell_roles(self) -> tuple[HeldRole, ...]:
        """The holdings that open the phone page of building heads."""
        return tuple(h for h in self.holdings if Permission.DOORS in ROLES[h.role].permissions)

    @cached_property
    def street_ids(self) -> tuple[int, ...]:
        return tuple(sorted({h.street_id for h in self.holdings if h.street_id}))

    @property
    def phone_roles(self) -> tuple[HeldRole, ...]:
        """The holdings that a session opened by the PIN of a phone keeps: those of the phone pages."""
        return tuple(h for h in self.holdings if h.space in (HEAD, MEMBER))

    @property
    def is_member(self) -> bool:
        """Whether the user has pages as a member of a body, on the phone."""
        return any(h.space == MEMBER for h in self.holdings)

    @property
    def is_street(self) -> bool:
        return any(ROLES[h.role].held_at is HeldAt.STREET for h in self.holdings)

    def role_names(self, community: CommunityRef | None = None) -> list[str]:
        codes: Iterable[str] = (
            self.roles_in(community) if community else dict.fromkeys(h.role for h in self.holdings)
        )
        return [ROLES[code].name for code in codes]


WRITING = {
    Permission.BULLETIN_DRAFT,
    Permission.BULLETIN_SUPERVISE,
    Permission.BULLETIN_APPROVE,
    Permission.OBJECTIONS_ANSWER,
    Permission.REPORTS_REVIEW,
    Permission.HEALTH,
    Permission.COMPLAINTS,
}
"""Rights that make a community's rows writable in the database; registers add their edit and import rights."""

"""Who may change which bodies: those of the party, and the others, are looked after by different posts."""

from community.bodies.kinds import PARTY_KINDS, BodyKind
from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef


def editable_kinds(access: Access, community: CommunityRef) -> frozenset[str]:
    """Kinds of the bodies that this user may change, with their posts, holders and members."""
    kinds: set[str] = set()
    if access.can(P.BODIES_EDIT, community):
        if access.can(P.PARTY, community):
            kinds.update(PARTY_KINDS)
        if access.can(P.PLACES_EDIT, community):
            kinds.update(set(BodyKind) - set(PARTY_KINDS))
    return frozenset(kinds)

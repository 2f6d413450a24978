"""Which kinds of activities a user may plan and record, and for which bodies."""

from community.activities.kinds import ActivityKind, all_kinds
from portal.access.user_access import Access, CommunityRef


def kinds_for(access: Access, community: CommunityRef) -> list[ActivityKind]:
    """Kinds whose right the user holds in the community, at least at a body."""
    return [kind for kind in all_kinds() if access.can(kind.right, community)]


def may_hold(access: Access, community: CommunityRef, kind: ActivityKind, body_id: int | None) -> bool:
    """Whether the user may plan activities of a kind for this body; without a body, for the community."""
    bodies = access.bodies(kind.right, community.id)
    return bodies is None or body_id in bodies

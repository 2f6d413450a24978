"""Who is expected at the meetings of a branch or a party group."""

from community.activities.models import Activity
from community.bodies.models import with_below
from partybuilding.members.choices import Relation
from partybuilding.members.models import Member

RELATIONS = (Relation.ON_ROLL, Relation.MOBILE_IN)
"""Relations whose meetings are held here; who only reports here belongs to the branch at work."""


def members_expected(activity: Activity) -> set[int]:
    """Ids of the people who are expected: members here, neither lost nor away, of the body and those below it."""
    bodies = with_below([activity.body_id], activity.community_id)
    members = Member.objects.filter(community_id=activity.community_id, branch__in=bodies)
    return set(members.present().filter(relation__in=RELATIONS).values_list("person", flat=True))

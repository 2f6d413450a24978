"""Queries of forwarded items for the street, whose database role reads those of its communities only."""

from community.forwarded.models import Forwarded
from portal.access.user_access import Access


def items_of(access: Access):
    """Items that the communities of the user's streets forwarded."""
    return Forwarded.objects.in_communities(community.id for community in access.street_communities)

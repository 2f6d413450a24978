"""More communities of the first street, each a copy of kuocang with everything in it and everybody's roles there."""

from django.apps import apps
from django.db import models

from community.accounts.models import RoleAssignment
from community.communities.models import Community
from portal.database.foreign_keys import is_history
from tests.house import OPENED, copy_into


def add_communities(house, count: int) -> list[Community]:
    """Add `count` copies of kuocang, in the same street."""
    return [_copy_of(house, number) for number in range(1, count + 1)]


def _copy_of(house, number: int) -> Community:
    community = Community.objects.create(
        code=f"copy{number}", name=f"社区{number}", street=house.street, opened_on=OPENED
    )
    copies: dict[models.Model, models.Model] = {}
    for model in apps.get_models():
        has_community = any(f.attname == "community_id" for f in model._meta.concrete_fields)
        if has_community and not is_history(model) and model is not RoleAssignment:
            for row in model._default_manager.filter(community_id=house.kuocang.pk).order_by("pk"):
                copy_into(community, row, f"（{number}）", copies)
    for role in RoleAssignment.objects.filter(community=house.kuocang).select_related(
        "area", "stairwell", "body"
    ):
        RoleAssignment.objects.create(
            user_id=role.user_id, role=role.role, community=community, start=role.start,
            area=copies.get(role.area), stairwell=copies.get(role.stairwell), body=copies.get(role.body),
        )  # fmt: skip
    return community

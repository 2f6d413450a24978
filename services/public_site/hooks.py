"""Hooks of the public site of requests: tiles of the community's front page, and what a tracking code opens."""

import datetime
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from portal.hooks.registry import Hook, hook
from portal.hooks.tracking import PublicTile, TrackedCase, TrackedStep
from services.public_site.actions import step_by_code
from services.public_site.queries import ACT_STEPS, case_by_code


@hook(Hook.PUBLIC_TILES)
def request_tiles(community) -> Iterator[PublicTile]:
    url = reverse("services:public_request", kwargs={"code": community.code})
    yield PublicTile("提诉求", "反映问题、提意见建议，不用登录", url, 10)
    yield PublicTile("查进度", "凭查询码看办理情况，补充、撤回、评价", reverse("community:track"), 20)


@hook(Hook.TRACK)
def track_request(hashed: bytes) -> Iterator[TrackedCase]:
    found = case_by_code(hashed)
    if found is None:
        return
    request, steps = found.request, found.steps
    if found.is_merged:
        steps = (TrackedStep(found.sent_at, f"收到诉求，并入{request}一起办理"), *steps)
    yield TrackedCase(
        title=f"{request.community.name}{request}",
        state=found.state_words,
        received_at=found.sent_at,
        steps=steps,
        acts=tuple(act for act in ACT_STEPS if found.step_of(act)),
        due=_due(request),
        take=lambda act, text: step_by_code(hashed, act, text),
    )


def _due(request) -> datetime.date | None:
    """Day until which an answer is due; none while the clock stands or nothing is due."""
    if not request.is_open or not request.due or request.answered_at or request.paused_on:
        return None
    return timezone.localdate(request.due)

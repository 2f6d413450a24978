"""Hooks of heads' requests: their page on the phone."""

from collections.abc import Iterator

from django.urls import reverse

from portal.hooks.head_pages import HeadPage
from portal.hooks.registry import Hook, hook


@hook(Hook.HEAD_PAGES)
def requests_of_heads() -> Iterator[HeadPage]:
    yield HeadPage(
        "我的反映", reverse("services:head_requests"), "反映问题", reverse("services:head_request_create")
    )

"""Hooks of the public pages: tiles of the community's front page."""

from collections.abc import Iterator

from django.urls import reverse

from portal.hooks.registry import Hook, hook
from portal.hooks.tracking import PublicTile


@hook(Hook.PUBLIC_TILES)
def page_tiles(community) -> Iterator[PublicTile]:
    kwargs = {"code": community.code}
    bulletins = reverse("community:disclosure_list", kwargs=kwargs)
    yield PublicTile("公开栏", "每月公开的党务、居务和财务", bulletins, 30)
    about = reverse("community:profile_about", kwargs=kwargs)
    yield PublicTile("社区概况", "简介、地址、场地和荣誉", about, 40)

"""Hooks of figures: the numbers of profile, territory and publicity media, menu line."""

from collections.abc import Iterator
from functools import cache, partial

from django.urls import reverse

from community.communities.profile import profile_of
from community.media.models import Medium
from community.media.reports import media_counts
from community.places.models import Area
from community.places.reports import PlaceCounts
from community.profile.reports import weekday_hours
from portal.access.permissions import Permission as P
from portal.access.user_access import CommunityRef
from portal.hooks.figures import Figure
from portal.hooks.menu import DeskArea, add_menu_page
from portal.hooks.registry import Hook, hook

add_menu_page(DeskArea.PUBLICITY, "数据总览", "community:figures", P.FIGURES_VIEW, 40)


_MEDIA = (
    (Medium.Kind.BOARD, "ad_boards", "块"),
    (Medium.Kind.PANEL, "stairwell_panels", "块"),
    (Medium.Kind.SLOGAN, "wall_slogans_m", "米"),
    (Medium.Kind.NEWSPAPER, "wall_newspapers", "块"),
    (Medium.Kind.WINDOW, "display_windows", "个"),
)


@hook(Hook.FIGURES)
def figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """Figures of profile, territory and media, as of now whatever the year."""
    profile, places = profile_of(community), PlaceCounts(community)
    media = cache(partial(media_counts, community))
    public = reverse("community:profile_about", kwargs={"code": community.code})

    def listed(register: str, condition: str = "") -> str:
        return reverse(f"community:{register}_list", kwargs={"community": community.code}) + condition

    yield Figure("area_km2", "辖区面积", lambda: profile.area_km2, "平方公里", public)
    yield Figure("office_land_m2", "办公用地", lambda: profile.office_land_m2, "平方米", public)
    yield Figure("office_floor_m2", "办公用房", lambda: profile.office_floor_m2, "平方米", public)
    yield Figure("office_hours_day", "工作日服务时间", partial(weekday_hours, community), "小时", public)

    def areas() -> int:
        return places.by_area_kind[Area.Kind.AREA]

    yield Figure("areas", profile.area_word, areas, "个", listed("area", "?kind=area"))
    yield Figure("large_groups", profile.area_word, areas, "个", listed("area", "?kind=area"))
    yield Figure(
        "resident_groups",
        profile.group_word,
        lambda: places.by_area_kind[Area.Kind.GROUP],
        "个",
        listed("area", "?kind=group"),
    )
    yield Figure(
        "buildings", "住宅楼", lambda: places.buildings, "幢", listed("building", "?use=residential")
    )
    yield Figure("stairwells", "楼道", lambda: places.stairwells, "个", listed("stairwell"))
    heads = listed("headappointment")
    yield Figure(
        "resident_group_heads", f"现任{profile.group_word}长", lambda: places.heads["groups"], "人", heads
    )
    yield Figure("stairwell_heads", "现任楼道长", lambda: places.heads["stairwells"], "人", heads)
    for kind, key, unit in _MEDIA:
        yield Figure(
            key, kind.label, lambda kind=kind: media()[kind], unit, listed("medium", f"?kind={kind}")
        )

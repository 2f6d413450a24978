"""Hooks of the event log: the figures of the population, and the monthly statement in the menu."""

from collections.abc import Iterator
from functools import cache, partial
from operator import attrgetter

from django.urls import reverse
from django.utils import timezone

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.figures import Figure
from portal.hooks.menu import DeskArea, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.hooks.timeline import TimelineEntry
from portal.values.months import month_before
from residents.event_log.bulletin_section import drill_down_rows, sections
from residents.event_log.models import PopulationEvent
from residents.event_log.monthly_statement import last_day_of, population_counts
from residents.event_log.registers import PopulationEventRegister, undo_links

hook(Hook.BULLETIN_SECTIONS)(sections)
hook(Hook.BULLETIN_ROWS)(drill_down_rows)
add_menu_page(
    DeskArea.PEOPLE, "人口变动月报", "residents:event_statement", Permission.PEOPLE_NAMES, 41, line="人口变动"
)


@hook(Hook.FIGURES)
def figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """Households and people, living and registered, as they are now, whatever the year."""
    counts = cache(partial(population_counts, community))
    before = cache(partial(population_counts, community, last_day_of(month_before(timezone.localdate()))))
    households = reverse("residents:household_list", kwargs={"community": community.code})
    people = reverse("residents:person_list", kwargs={"community": community.code})
    for key, label, unit, url in (
        ("households", "住户", "户", f"{households}?kind=living"),
        ("residents", "居住人口", "人", f"{people}?state=living"),
        ("households_registered", "户籍户", "户", f"{households}?kind=registered"),
        ("residents_registered", "户籍人口", "人", f"{people}?state=registered"),
    ):
        read = attrgetter(key)
        yield Figure(
            key, label, lambda read=read: read(counts()), unit, url, lambda read=read: read(before())
        )


@hook(Hook.TIMELINE)
def events_of_person(person: Person, access: Access, community: CommunityRef) -> Iterator[TimelineEntry]:
    """The population events of a person, with the link to undo one."""
    events_url = PopulationEventRegister().url("list", community)
    for event in rows(PopulationEvent, access, Permission.PEOPLE_NAMES, community).filter(person=person):
        kind = f"（{event.get_kind_display()}）" if event.kind else ""
        undo = next(iter(undo_links(event, access, community)), None)
        yield TimelineEntry(
            event.on,
            "人口变动",
            f"{event.get_what_display()}{kind}",
            f"{events_url}{event.uuid}/",
            "，".join(filter(None, (event.state, event.note))),
            (undo.label, undo.url) if undo else (),
        )

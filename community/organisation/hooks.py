"""Hooks of organisation: menu line; vacant posts and ends of terms as to-do."""

import datetime
from collections.abc import Collection, Iterator

from django.db.models import Sum

from community.bodies.models import Body
from community.bodies.registers import BodyRegister
from community.bodies.rights import editable_kinds
from community.dated_rules.rules import values_by_community
from community.organisation.rules import TERM_NOTICE_MONTHS
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.menu import DeskArea, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.values.months import months_later

add_menu_page(DeskArea.PEOPLE, "组织网络", "community:organisation", P.PLACES_VIEW, 60, line="组织网络")


@hook(Hook.DUE)
def bodies_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Vacant posts as one number, and bodies whose term is over or soon will be, of the kinds that the user looks after."""
    places = access.permitted(P.BODIES_EDIT, communities)
    if not places:
        return
    register = BodyRegister()
    kinds = {pk: editable_kinds(access, ref) for pk, ref in places.items()}
    bodies = rows(Body, access, P.BODIES_EDIT).in_communities(places).current(today)
    vacant = bodies.with_vacancies(today).filter(vacancies__gt=0).order_by()
    numbers = dict.fromkeys(places, 0)
    for pk, kind, number in vacant.values_list("community_id", "kind").annotate(Sum("vacancies")):
        numbers[pk] += number if kind in kinds[pk] else 0
    for pk, number in numbers.items():
        if number:
            url = f"{register.url('list', places[pk])}?state=vacant"
            yield Due(places[pk], f"职务空缺 {number}名", url, "去任职", count=number)
    months = values_by_community(places, [TERM_NOTICE_MONTHS], today)
    until = {pk: months_later(today, values[TERM_NOTICE_MONTHS]) for pk, values in months.items()}
    for body in bodies.filter(term_ends_on__lte=max(until.values())).order_by("term_ends_on", "id"):
        pk = body.community_id
        if body.kind in kinds[pk] and body.term_ends_on <= until[pk]:
            words = "任期届满" if body.term_ends_on > today else "任期已满"
            url = register.url("detail", places[pk], body)
            yield Due(
                places[pk], f"{body}{words}，应换届", url, "去换届", body.term_ends_on, fold="应换届的组织"
            )

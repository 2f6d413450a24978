"""Lists beside the preview of an import of people, and warnings that need the whole plan."""

from collections.abc import Sequence

from community.people.models import Person
from portal.hooks.departure import Departure
from portal.hooks.registry import Hook, call_hooks
from portal.importing.protocol import ERROR, PreviewList
from residents.importing.households import HouseholdAssignment
from residents.importing.matching import namesakes_at_home
from residents.importing.person_row import MoveStep, PersonRow
from residents.importing.planning import new_homes


def warn_of_endings(rows: Sequence[PersonRow], community_id: int) -> None:
    """Warn of posts, aid and the like of people who left according to the file: the import does not end them."""
    leaving = [
        (row, move)
        for row in rows
        if row.is_good and row.match
        for move in [next((move for move in row.moves if move.step is MoveStep.CLOSE), None)]
        if move
    ]
    people = Person.objects.filter(community_id=community_id).in_bulk([row.match.id for row, _ in leaving])
    for row, move in leaving:
        endings = call_hooks(Hook.PERSON_LEFT, people[row.match.id], Departure(move.end, died=move.died))
        if titles := "、".join(ending.title for ending in endings):
            row.warning("name", row.name, f"此人还有：{titles}。导入不会改动这些，请另行办理")


def preview_lists(rows: Sequence[PersonRow], households: HouseholdAssignment) -> list[PreviewList]:
    """Lists beside the preview: new places, absent people, households without head, remarks."""
    listings = []
    if homes := new_homes(rows):
        listings.append(
            PreviewList(
                "new_places",
                "新增房屋",
                "台账中没有这些房屋，导入时一并新增。",
                [home.label for home in homes],
            )
        )
    if absent := _absent(rows, households):
        hint = "台账中登记在同一楼道、但文件里没有的人。导入不会改动他们；已搬走或去世的，请另行办理。"
        listings.append(PreviewList("absent", "文件中没有的人", hint, absent))
    if headless := households.without_head():
        hint = "导入后这些户没有户主，请补登。"
        items = [f"{label}：{'、'.join(row.name for row in members)}" for label, members in headless]
        listings.append(PreviewList("headless", "没有户主的户", hint, items))
    suggested = [
        f"{row.name}（{row.sheet} 第 {row.number} 行）：{'、'.join(row.suggestions)}"
        for row in rows
        if row.suggestions and row.verdict != ERROR
    ]
    if suggested:
        hint = "备注或姓名后的这些字样只作提示，不会登记到其他台账。"
        listings.append(PreviewList("suggestions", "备注提示", hint, suggested))
    return listings


def _absent(rows: Sequence[PersonRow], households: HouseholdAssignment) -> list[str]:
    """People registered in the stairwells of the file who are not in it, by dwelling."""
    existing, gazetteer = households.existing, households.gazetteer
    named_ids = {row.match.id for row in rows if row.match} | {
        person.id
        for row in rows
        if not row.is_good
        for person in (*row.candidates, *namesakes_at_home(row, existing))
    }
    stairwells = dict.fromkeys(
        (kind, home.stairwell_id)
        for row in rows
        for kind, home in row.homes.items()
        if home and home.stairwell_id
    )
    return list(
        dict.fromkeys(
            f"{gazetteer.label_of(dwelling)} {existing.people[stay.person_id].name}"
            for kind, stairwell in stairwells
            for dwelling in gazetteer.in_stairwell.get(stairwell, ())
            for household in existing.at_dwelling.get((kind, dwelling), ())
            for stay in existing.open_at[household.id]
            if stay.person_id not in named_ids
        )
    )

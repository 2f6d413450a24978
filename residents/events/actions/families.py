"""Population events of a family: birth (出生) and marriage (结婚)."""

import datetime
from collections.abc import Collection, Mapping

from django.db import transaction

from community.people.codes import MARRIED
from community.people.models import Person
from portal.access.db_scope import set_change_context
from portal.forms.refusals import NoChange, Refusal, WrongDate
from portal.values.id_numbers import birth_of
from portal.values.partial_dates import PartialDate
from residents.event_log.event_writer import (
    EventWriter,
    check_day,
    check_no_residence,
    lock_members,
    open_residence_of,
)
from residents.event_log.models import PopulationEvent
from residents.event_log.refusals import NoResidence, UnsuitableHousehold
from residents.homes.derived_relations import child_relation, spouse_relation
from residents.homes.models import Household, Residence
from residents.people.actions import add_person, lock_people, update_place_label
from residents.people.refusals import BadIdNumber, PersonHasDied

_What = PopulationEvent.What


@transaction.atomic
def birth(
    *,
    by,
    parent: Person,
    on: datetime.date,
    households: Mapping[str, Household],
    child: Person | None = None,
    name: str = "",
    sex: str = "",
    id_number: str = "",
    relation_word: str = "",
    note: str = "",
) -> list[PopulationEvent]:
    """Register a birth (出生): the child of a resident lives and is registered here from that day.

    households: kind → household, which has members. child: a person of the register without residence, if the
    child is one already. A blank relation is derived from the parent's.
    """
    parent = lock_people([parent])[parent.pk]
    check_day(parent, on)
    if child is None:
        child = add_person(
            by=by,
            community_id=parent.community_id,
            name=name,
            birth=PartialDate(on),
            id_number=id_number,
            sex=sex,
            ethnic=parent.ethnic,
        )
        if child.id_kind == "resident_id" and birth_of(child.read_id()) != on:
            raise BadIdNumber("证件号码中的出生日期与填写的不一致，请核对")
    child = lock_people([child])[child.pk]
    if child.died_on:
        raise PersonHasDied(f"{child.name}已登记死亡")
    if child.birth_date != on:
        raise WrongDate(f"登记的出生日期是{child.birth or '空'}，与填写的不同，请先更正")
    if not households:
        raise NoChange("请至少选择居住、户籍中的一项")
    set_change_context(action="出生", reason=note)
    writer = EventWriter(
        _What.BIRTH, by=by, on=on, note="；".join(filter(None, (f"父母：{parent.name}", note)))
    )
    for kind, household in households.items():
        check_no_residence(child, kind, on)
        members = lock_members(household)
        if household.kind != kind or not members:
            raise UnsuitableHousehold("所选的户现在没有人，请重新选择")
        if not any(_was_in_community(residence, on) for residence in members):
            raise WrongDate(f"{on}时这一户还没有人在本社区，此前出生的请办理迁入")
        of_parent = next((r for r in members if r.person_id == parent.pk), None)
        proposal = child_relation(of_parent, child.sex) if of_parent else ""
        word = relation_word or proposal
        if not word:
            raise Refusal("看不出孩子与户主的关系，请填写", "relation_word")
        writer.begin(child, household, word)
    update_place_label(child)
    return writer.events


@transaction.atomic
def marry(
    *,
    by,
    person: Person,
    on: datetime.date,
    spouse: Person | None = None,
    spouse_name: str = "",
    mover: Person | None = None,
    kinds: Collection[str] = (),
    relation_word: str = "",
    note: str = "",
) -> list[PopulationEvent]:
    """Register a marriage (结婚). A spouse who is not in the register is only named.

    mover: the one who joins the other's households, of `kinds`; a blank relation is derived from the host's.
    """
    people = lock_people([person, spouse] if spouse else [person])
    if spouse and len(people) == 1:
        raise Refusal("不能与本人结婚，请重新选择配偶", "spouse")
    for partner in people.values():
        check_day(partner, on)
        if partner.died_on:
            raise PersonHasDied(f"{partner.name}已登记死亡")
        if partner.marital == MARRIED:
            raise Refusal(f"{partner.name}登记的婚姻状况已是已婚；登记有误的，请先更正", "spouse")
    if len({partner.sex for partner in people.values() if partner.sex}) < sum(
        bool(partner.sex) for partner in people.values()
    ):
        raise Refusal("两人登记的性别相同，请核对", "spouse")
    set_change_context(action="结婚", reason=note)
    writer = EventWriter(_What.MARRIAGE, by=by, on=on, note=note)
    names = {person.pk: spouse.name if spouse else spouse_name}
    if spouse:
        names[spouse.pk] = person.name
    for partner in people.values():
        writer.change_person(partner, note=f"配偶：{names[partner.pk]}", marital=MARRIED)
    if mover:
        _join_household(writer, people, mover, kinds, relation_word)
    for partner in people.values():
        update_place_label(partner)
    return writer.events


def _join_household(
    writer: EventWriter, people: Mapping[int, Person], mover: Person, kinds, relation_word: str
) -> None:
    mover = people[mover.pk]
    host = next(person for person in people.values() if person.pk != mover.pk)
    if not kinds:
        raise NoChange("请选择转移的是居住还是户籍", "kinds")
    for kind in kinds:
        former, target = open_residence_of(mover, kind), open_residence_of(host, kind)
        if former is None or target is None:
            who = mover if former is None else host
            raise NoResidence(
                f"{who.name}在本社区没有{dict(Residence.kind.field.choices)[kind]}登记", "kinds"
            )
        if former.household_id == target.household_id:
            raise NoChange(f"两人已在同一{former.get_kind_display()}户", "kinds")
        word = relation_word or spouse_relation(target, mover.sex)
        if not word:
            raise Refusal(f"看不出{mover.name}与户主的关系，请填写", "relation_word")
        writer.move(former, target.household, word)


def _was_in_community(residence: Residence, on: datetime.date) -> bool:
    """Whether the person had a residence of this kind in the community by then."""
    stays = Residence.objects.filter(
        community_id=residence.community_id, person=residence.person, kind=residence.kind
    )
    return stays.valid().exclude(start__gt=on).exists()

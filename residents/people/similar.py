"""People like the one that somebody is about to register: of the same name and birth, phone, or certificate number.

A certificate number is asked like a search by it (`id_search`): by holders of the reveal right, within the limit they
share with it, and logged.
"""

from collections.abc import Mapping

from django.db.models import Q, QuerySet
from django.utils import timezone

from community.people.forms import person_facts
from community.people.id_numbers import read_id
from community.people.models import ID_COLUMN, Person
from community.people.names import clean_name
from community.people.phone_numbers import read_phones
from community.people.search import person_word_condition
from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.crypto import vault
from portal.registers.similar import MOST, Similar, SimilarRows
from portal.spreadsheets.dates import read_date
from residents.people.reveal_limit import LimitReached, count_reveal


class SimilarPeople(SimilarRows):
    """People by name and birth (of people known by year only, the year), phone, or certificate number."""

    __slots__ = ()

    def __init__(self):
        super().__init__(describe=describe)

    @property
    def fields(self) -> tuple[str, ...]:
        return ("name", "birth", "phone")

    @property
    def alone(self) -> tuple[str, ...]:
        return ("id_number",)

    def find(
        self,
        rows: QuerySet,
        values: Mapping[str, str],
        access: Access,
        community: CommunityRef,
        request_id: str,
    ) -> Similar:
        if values["id_number"]:
            return _with_number(rows, values["id_number"], access, community, request_id)
        if not access.can(Permission.PEOPLE_VIEW, community):
            return Similar()  # birth and phone are not theirs to see
        condition = _of_name_and_birth(values["name"], values["birth"])
        for number in read_phones(values["phone"]).numbers:
            condition |= person_word_condition(number, access, community) & Q(phone__contains=number)
        return Similar(rows.filter(condition)[:MOST] if condition else ())


def describe(person: Person) -> str:
    """吴明涛 男 56岁 7幢1单元501室"""
    place = person.place_label or ("已故" if person.died_on else "现在不住本社区")
    return " ".join(filter(None, (person.name, person_facts(person), place)))


def _of_name_and_birth(name: str, birth: str) -> Q:
    name, _ = clean_name(name)
    day = read_date(birth, today=timezone.localdate()).date if birth else None
    if not name or day is None:
        return Q()
    same = Q(birth_date=day.value)
    same |= Q(birth_date__year=day.value.year) & ~Q(birth_precision="d")
    if day.precision != "d":
        same = Q(birth_date__year=day.value.year)
    return Q(name=name) & same


def _with_number(
    rows: QuerySet, text: str, access: Access, community: CommunityRef, request_id: str
) -> Similar:
    """The person with this number. Only whole numbers that are right are asked, so that only those are counted."""
    reading = read_id(text)
    if not access.can(Permission.PEOPLE_REVEAL, community) or reading.is_error or not reading.number:
        return Similar()
    try:
        count_reveal(access.user.pk)
    except LimitReached as reached:
        return Similar(problem=str(reached))
    people = list(rows.filter(id_hash=vault.blind_index(reading.number, ID_COLUMN))[:MOST])
    access_log.log_access(
        community_id=community.id,
        user_id=access.user.pk,
        action=AccessLog.Action.FIND,
        subject=Person.stored_label,
        ids=[person.pk for person in people],
        reason="登记时按证件号码核对",
        request_id=request_id,
    )
    return Similar(people)

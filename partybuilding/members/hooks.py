"""Hooks of party members: menu, search, figures, the page of a person, departures, the end of a branch."""

import datetime
from collections.abc import Iterator
from functools import partial

from community.bodies.models import Body
from community.people.models import Person
from partybuilding.members import due, year  # noqa: F401
from partybuilding.members.actions import mark_ended, save_changes
from partybuilding.members.choices import EndReason, Relation, Stage, State
from partybuilding.members.dues_registers import DuesPaymentRegister
from partybuilding.members.figures import dues_received, members_count, members_on_roll
from partybuilding.members.models import Member, Transfer
from partybuilding.members.panels import words_of_state
from partybuilding.members.registers import DUES_LINE, MemberRegister, TransferRegister
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.exports.sensitive_exports import declare_right
from portal.forms.refusals import Refusal
from portal.hooks.about import PersonFact
from portal.hooks.departure import Consequence, Departure
from portal.hooks.figures import Figure
from portal.hooks.menu import DeskArea, add_act, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.hooks.timeline import TimelineEntry
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords

add_menu_page(DeskArea.PARTY, "党费收缴情况", "partybuilding:dues_overview", P.BRANCH, 40, line=DUES_LINE)
add_act(DeskArea.PARTY, "导入党员花名册", "partybuilding:member_import", P.PARTY, 30)
add_act(DeskArea.PARTY, "导入党费台账", "partybuilding:duesyear_import", P.PARTY, 40)
declare_right(Member.stored_label, P.PARTY)


@hook(Hook.SEARCH)
def search_members(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Members of the user's branches that match a search of the page head."""
    yield from search_register(MemberRegister(), access, community, words, 13)


@hook(Hook.FIGURES)
def member_figures(community: CommunityRef, of_year: int) -> Iterator[Figure]:
    """Members today, and dues of the year."""
    url = MemberRegister().url("list", community)
    yield Figure("party_members_all", "党员", partial(members_count, community), "人", f"{url}?group=present")
    yield Figure(
        "party_members_on_roll", "在册党员", partial(members_on_roll, community), "人", f"{url}?group=on_roll"
    )
    first, last = datetime.date(of_year, 1, 1), datetime.date(of_year, 12, 31)
    yield Figure(
        "party_dues_year",
        "年度收缴党费",
        partial(dues_received, community, first, last),
        "元",
        f"{DuesPaymentRegister().url('list', community)}?paid_on_from={first}&paid_on_to={last}&state=valid",
    )


def _members_of(person: Person, access: Access):
    """Registrations of a person that this user may see."""
    members = rows(Member, access, P.BRANCH).filter(community_id=person.community_id, person=person)
    return members.select_related("branch").order_by("-ended_on", "id")


@hook(Hook.ABOUT)
def membership_about(person: Person, access: Access) -> Iterator[PersonFact]:
    """Branch, stage and relation of a member, for those who may see the members of the branch; what ended is in the timeline."""
    community = next((ref for ref in access.communities if ref.id == person.community_id), None)
    if community is None or not access.can(P.BRANCH, community):
        return
    for member in _members_of(person, access).open():
        words = f"{member.branch}，{member.get_stage_display()}，{words_of_state(member)}"
        yield PersonFact("党员", words, MemberRegister().url("detail", community, member), order=20)


@hook(Hook.TIMELINE)
def membership_of_person(person: Person, access: Access, community: CommunityRef) -> Iterator[TimelineEntry]:
    """When somebody applied, joined, became a full member, was transferred, and left."""
    if not access.can(P.BRANCH, community):
        return
    for member in _members_of(person, access):
        url = MemberRegister().url("detail", community, member)
        dates = [
            (member.applied_on, "申请入党"),
            (member.joined_on, "入党"),
            (member.full_on, "转为正式党员"),
            (member.lost_since, "失去联系"),
            (member.ended_on, f"党员登记结束：{member.get_ended_because_display()}"),
        ]
        for day, words in dates:
            if day:
                yield TimelineEntry(day, "党员", words, url)
    transfers = rows(Transfer, access, P.BRANCH, community).filter(member__person=person)
    for transfer in transfers.select_related("from_branch", "to_branch"):
        url = TransferRegister().url("detail", community, transfer)
        words = f"组织关系由{transfer.from_words}转到{transfer.to_words}"
        yield TimelineEntry(transfer.on, "组织关系", words, url, transfer.progress)


@hook(Hook.PERSON_LEFT)
def ended_by_departure(person: Person, departure: Departure) -> Iterator[Consequence]:
    """Registrations of somebody who died or moved out; whose relation is here stays on the roll, as a mobile member."""
    members = Member.objects.filter(community_id=person.community_id, person=person).open()
    for member in members.select_related("branch"):
        stays = not departure.died and member.relation == Relation.ON_ROLL and Stage(member.stage).is_member
        if stays and member.state != State.NORMAL:
            continue
        words = "转为流动党员，转组织关系另行办理" if stays else "党员登记"
        end = partial(_leave, member) if stays else partial(_end, member, departure)
        yield Consequence(f"party-member-{member.uuid}", f"{member.branch}：{words}", member, end)


def _leave(member: Member) -> None:
    member.state, member.where = State.MOBILE_OUT, member.where or "迁出本社区"
    save_changes(member, "state", "where")


def _end(member: Member, departure: Departure) -> None:
    because = EndReason.DIED if departure.died else EndReason.MOVED
    mark_ended(member, departure.on, because)


@hook(Hook.BODY_ENDED)
def refuse_with_members(body: Body, day: datetime.date, by) -> Iterator[int]:
    """A branch does not end while members stand at it: they are transferred first. Raises Refusal."""
    members = Member.objects.filter(community_id=body.community_id, branch=body).open()
    if number := members.count():
        raise Refusal(f"{body}还有{number}名党员和发展对象，请先把他们转到其他支部")
    yield 0

"""Pages of 户间转移 (from a person's page), 分户, 并户 and 变更户主 (from a household's)."""

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.forms.submission import repeated_submission
from residents.events.actions import households
from residents.events.actions.households import JoiningMember, change_head
from residents.events.actions.moves import open_residences
from residents.events.basis import event_basis_of
from residents.events.forms.household import (
    HeadChoiceForm,
    HeadForm,
    MergeChoiceForm,
    MergeForm,
    SplitChoiceForm,
    SplitForm,
    TransferChoiceForm,
    TransferForm,
)
from residents.events.views.events import households_at
from residents.events.wizard import (
    choose,
    current_members,
    detail_url,
    event_wizard,
    find_dwellings,
    household_of,
    household_subject,
    person_of,
    person_subject,
    person_url,
    redirect_with_error,
)
from residents.homes import derived_relations
from residents.homes.models import Kind, Residence


@needs(Permission.PEOPLE_EDIT)
def transfer(request, person):
    """户间转移: choose people and dwelling first; the form then asks for kind, household and relation."""
    if answer := repeated_submission(request):
        return answer
    person = person_of(request, person)
    basis = event_basis_of(request, "transfer", person)
    homes = open_residences(person)
    if not homes:
        return redirect_with_error(
            request,
            "此人现在没有居住或户籍登记，请办理迁入。",
            basis.url if basis else person_url(request, person),
        )
    together = _household_members(request, homes)
    find, url = find_dwellings(request)
    page = {"title": "户间转移", "subject": person_subject(request, person), "basis": basis}
    choice = TransferChoiceForm(
        request.GET if "dwelling" in request.GET else None,
        members=list(together.values()),
        find=find,
        url=url,
        initial=basis.initial if basis else {"who": [str(person.uuid)]},
    )
    if not choice.is_valid():
        return choose(request, choice, **page)
    place = choice.cleaned_data["dwelling"]
    moving = [r for r in together.values() if str(r.person.uuid) in choice.cleaned_data["who"]]
    stays = rows(Residence, request.access, Permission.PEOPLE_EDIT, request.community).open()
    of_kind = set(stays.filter(person__in=[r.person for r in moving]).values_list("kind", flat=True))
    head = next((r for r in moving if r.is_head), moving[0])
    return event_wizard(
        request,
        lambda data: TransferForm(
            data,
            members=moving,
            proposals=_suggested_relations(moving, head),
            kinds=[kind for kind in Kind.values if kind in of_kind],
            households=households_at(request, place),
            initial=basis.initial if basis else {},
        ),
        lambda form: households.transfer(
            by=request.user,
            members=form.joining,
            dwelling=place,
            on=form.cleaned_data["on"],
            targets=form.targets,
            number=form.cleaned_data.get("number", ""),
            note=form.cleaned_data["note"],
        ),
        after=lambda events: person_url(request, person),
        involved=lambda form: [r.person for r in moving],
        summary=f"转到{place.label}",
        **page,
    )


def _household_members(request, homes: list[Residence]) -> dict[int, Residence]:
    """Person id → a residence of everybody in the person's households, the person first."""
    residences = {homes[0].person_id: homes[0]}
    for home in homes:
        for residence in current_members(request, home.household):
            residences.setdefault(residence.person_id, residence)
    return residences


def _suggested_relations(members: list[Residence], head: Residence) -> dict[int, str]:
    """Person id → relation to `head`, as far as both are of one household."""
    return {
        r.person_id: derived_relations.relation_to_new_head(r, head)
        for r in members
        if r.household_id == head.household_id
    }


@needs(Permission.PEOPLE_EDIT)
def split(request, household):
    """分户: choose the members who leave, and their head, first."""
    if answer := repeated_submission(request):
        return answer
    household = household_of(request, household)
    basis = event_basis_of(request, "split", household)
    members = current_members(request, household)
    page = {"title": "分户", "subject": household_subject(request, household, members), "basis": basis}
    if len(members) == 1:
        return redirect_with_error(
            request, "这一户只有一个人，不能分户。", basis.url if basis else page["subject"].url
        )
    choice = SplitChoiceForm(
        request.GET if "head" in request.GET else None,
        members=members,
        initial=basis.initial if basis else {},
    )
    if not choice.is_valid():
        return choose(request, choice, **page)
    leaving = [r for r in members if str(r.person.uuid) in choice.cleaned_data["who"]]
    head = next(r for r in leaving if str(r.person.uuid) == choice.cleaned_data["head"])
    others = [r for r in leaving if r is not head]
    find, url = find_dwellings(request)
    leaves = "；户主分出后，原户暂缺户主，请随后变更户主" if any(r.is_head for r in leaving) else ""
    return event_wizard(
        request,
        lambda data: SplitForm(
            data,
            members=others,
            proposals=_suggested_relations(others, head),
            household=household,
            find=find,
            url=url,
            initial=basis.initial if basis else {},
        ),
        lambda form: households.split(
            by=request.user,
            household=household,
            members=[JoiningMember(head.person, "户主"), *form.joining],
            on=form.cleaned_data["on"],
            dwelling=form.cleaned_data["dwelling"],
            number=form.cleaned_data.get("number", ""),
            note=form.cleaned_data["note"],
        ),
        involved=lambda form: [r.person for r in members],
        after=lambda events: detail_url(request, "household", events[0].residence.household),
        summary=f"分出{'、'.join(r.person.name for r in leaving)}，户主{head.person.name}{leaves}",
        **page,
    )


@needs(Permission.PEOPLE_EDIT)
def merge(request, household):
    """并户: choose the other household first."""
    if answer := repeated_submission(request):
        return answer
    household = household_of(request, household)
    basis = event_basis_of(request, "merge", household)
    members = current_members(request, household)
    page = {"title": "并户", "subject": household_subject(request, household, members), "basis": basis}
    households_here = households_at(request, household.dwelling)[household.kind] if household.dwelling else []
    choice = MergeChoiceForm(
        request.GET if "member" in request.GET else None,
        access=request.access,
        community=request.community,
        other_households=[other for other in households_here if other.pk != household.pk],
        home_of=lambda person: _other_home(request, person, household),
    )
    if not choice.is_valid():
        hint = f"{basis.hint if basis else ''}这一户的人全部并入所选的户。"
        return choose(request, choice, hint=hint, **page)
    into = choice.cleaned_data["household"]
    other_members = current_members(request, into)
    head = other_members[0].person.name if other_members[0].is_head else "暂缺"
    return event_wizard(
        request,
        lambda data: MergeForm(data, members=members, proposals={}, initial=basis.initial if basis else {}),
        lambda form: households.merge(
            by=request.user,
            household=household,
            into=into,
            on=form.cleaned_data["on"],
            relations=form.relations,
            note=form.cleaned_data["note"],
        ),
        involved=lambda form: [r.person for r in members],
        after=lambda events: detail_url(request, "household", into),
        summary=f"并入{into}，户主{head}",
        **page,
    )


def _other_home(request, person, household):
    """The person's current household of this kind; None for none or the same."""
    stays = rows(Residence, request.access, Permission.PEOPLE_EDIT, request.community).open()
    stay = stays.filter(person=person, kind=household.kind).select_related("household__dwelling").first()
    return stay.household if stay and stay.household_id != household.pk else None


@needs(Permission.PEOPLE_EDIT)
def head(request, household):
    """变更户主: choose the new head first, then the relations of the others."""
    if answer := repeated_submission(request):
        return answer
    household = household_of(request, household)
    basis = event_basis_of(request, "head", household)
    members = current_members(request, household)
    page = {"title": "变更户主", "subject": household_subject(request, household, members), "basis": basis}
    if len(members) == 1 and members[0].is_head:
        return redirect_with_error(
            request, "这一户只有户主一人，不能变更户主。", basis.url if basis else page["subject"].url
        )
    choice = HeadChoiceForm(
        request.GET if "head" in request.GET else None,
        members=members,
        initial=basis.initial if basis else {},
    )
    if not choice.is_valid():
        return choose(request, choice, **page)
    new = next(r for r in members if str(r.person.uuid) == choice.cleaned_data["head"])
    others = [residence for residence in members if residence is not new]
    return event_wizard(
        request,
        lambda data: HeadForm(
            data,
            members=others,
            proposals=_suggested_relations(others, new),
            initial=basis.initial if basis else {},
        ),
        lambda form: change_head(
            by=request.user,
            household=household,
            head=new.person,
            on=form.cleaned_data["on"],
            relations=form.relations,
            note=form.cleaned_data["note"],
        ),
        involved=lambda form: [r.person for r in members],
        after=lambda events: detail_url(request, "household", household),
        summary=f"新户主{new.person.name}",
        **page,
    )

"""Pages of birth (出生) and marriage (结婚), from a person's page."""

from dataclasses import replace

from community.people.codes import MARRIED
from portal.access.permissions import Permission
from portal.access.views import needs
from portal.forms.submission import repeated_submission
from residents.events.actions import families
from residents.events.actions.families import marry
from residents.events.actions.moves import open_residences
from residents.events.basis import event_basis_of
from residents.events.forms.family import PERSON, BirthForm, MarriageForm
from residents.events.views.events import households_at, similar_people
from residents.events.wizard import event_wizard, person_of, person_subject, person_url, redirect_with_error
from residents.homes.models import Kind


@needs(Permission.PEOPLE_EDIT)
def birth(request, person):
    """出生: a child of this person comes into the person's household, or another at the same dwelling."""
    if answer := repeated_submission(request):
        return answer
    parent = person_of(request, person)
    basis = event_basis_of(request, "birth", parent)
    homes = open_residences(parent)
    if not homes:
        return redirect_with_error(
            request,
            "此人现在没有居住或户籍登记，孩子请办理迁入。",
            basis.url if basis else person_url(request, parent),
        )
    return event_wizard(
        request,
        lambda data: BirthForm(
            data,
            parent=parent,
            households=_households_for(request, homes),
            find_duplicates=lambda name, number: similar_people(request, name, number),
            initial=basis.initial if basis else {},
        ),
        lambda form: _birth(request, form, parent),
        title="出生",
        subject=replace(person_subject(request, parent), name=f"{parent.name}的孩子"),
        after=lambda events: person_url(request, events[0].person),
        basis=basis,
        involved=lambda form: [parent],
    )


def _households_for(request, homes) -> dict[str, list]:
    """Kind → the parent's own household, then the others at the parent's dwellings (lived in and registered)."""
    households_by_kind: dict[str, list] = {kind: [] for kind in Kind.values}
    own_ids = {home.household_id for home in homes}
    for dwelling in {home.household.dwelling for home in homes if home.household.dwelling}:
        for kind, households in households_at(request, dwelling).items():
            households_by_kind[kind] += households
    for home in homes:
        if home.household.dwelling is None:
            households_by_kind[home.kind].append(home.household)
    return {
        kind: sorted(each, key=lambda h: h.pk not in own_ids) for kind, each in households_by_kind.items()
    }


def _birth(request, form: BirthForm, parent):
    cleaned = form.cleaned_data
    return families.birth(
        by=request.user,
        parent=parent,
        on=cleaned["on"],
        households=form.chosen,
        child=cleaned.get("known"),
        name=cleaned["name"],
        sex=cleaned["sex"],
        id_number=cleaned["id_number"],
        relation_word=cleaned["relation_word"],
        note=cleaned["note"],
    )


@needs(Permission.PEOPLE_EDIT)
def marriage(request, person):
    """结婚: both are married from now on; one may join the other's household."""
    if answer := repeated_submission(request):
        return answer
    person = person_of(request, person)
    basis = event_basis_of(request, "marriage", person)
    initial = _with_spouse(request, basis.initial) if basis else {}
    if person.died_on or person.marital == MARRIED:
        sentence = (
            "此人已登记死亡。" if person.died_on else "此人登记的婚姻状况已是已婚；登记有误的，请先更正。"
        )
        return redirect_with_error(request, sentence, basis.url if basis else person_url(request, person))
    return event_wizard(
        request,
        lambda data: MarriageForm(
            data, access=request.access, community=request.community, person=person, initial=initial
        ),
        lambda form: _marry(request, form, person),
        title="结婚",
        subject=person_subject(request, person),
        after=lambda events: person_url(request, person),
        basis=basis,
        involved=lambda form: [person, *filter(None, [form.cleaned_data["spouse"]])],
    )


def _with_spouse(request, initial: dict) -> dict:
    """The initial values with the spouse whom `spouse_name` means, if only one has the name, else to be chosen."""
    name = initial["spouse_name"]
    namesakes = similar_people(request, name, "")
    if not namesakes:
        return initial
    return initial | {"spouse_name": "", "spouse": namesakes[0] if len(namesakes) == 1 else name}


def _marry(request, form: MarriageForm, person):
    cleaned = form.cleaned_data
    mover = {PERSON: person, "": None}.get(cleaned["mover"], cleaned["spouse"])
    return marry(
        by=request.user,
        person=person,
        spouse=cleaned["spouse"],
        spouse_name=cleaned["spouse_name"],
        on=cleaned["on"],
        mover=mover,
        kinds=cleaned["kinds"],
        relation_word=cleaned["relation_word"],
        note=cleaned["note"],
    )

"""Pages of population events: 迁入, 迁出, 死亡, 更正, and the month's statement of change."""

import datetime

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from community.people.models import ID_COLUMN, Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.crypto.vault import blind_index
from portal.forms.refusals import StaleForm
from portal.forms.submission import repeated_submission, submit_once
from portal.hooks.departure import Departure
from portal.registers.panels import Link, Panel
from residents.event_log.bulletin_section import people_panel
from residents.event_log.models import PopulationEvent
from residents.event_log.monthly_statement import first_of_next_month, monthly_statements, population_counts
from residents.events.actions import moves
from residents.events.actions.moves import open_residences, record_death
from residents.events.basis import EventBasis, event_basis_of
from residents.events.forms.events import CorrectionForm, DepartureForm, DwellingChoiceForm, MoveInForm
from residents.events.wizard import detail_url, dwellings_of, find_dwellings, person_of, person_url
from residents.homes.models import Dwelling, Household, Kind, Residence
from residents.homes.relation_codes import LABELS
from residents.people.actions import add_person, correct_person


@needs(Permission.PEOPLE_EDIT)
def move_in(request, person=None, dwelling=None):
    """迁入. From a person's page the dwelling is chosen first; from a dwelling's, the form asks for the person."""
    if dwelling is None:
        return _choose_dwelling(request, person_of(request, person))
    if answer := repeated_submission(request):
        return answer
    place = get_object_or_404(dwellings_of(request), uuid=dwelling)
    newcomer = person_of(request, request.GET["person"]) if "person" in request.GET else None
    form = MoveInForm(
        request.POST or None,
        access=request.access,
        community=request.community,
        person=newcomer,
        households=households_at(request, place),
        find_duplicates=lambda name, number: similar_people(request, name, number),
    )
    if request.method == "POST" and form.is_valid():
        answer = submit_once(request, form, lambda: _move_in(request, form, place), "迁入已登记。")
        if answer:
            return answer
    return _form_page(request, form, title="迁入", place=place, person=newcomer)


def _move_in(request, form: MoveInForm, place: Dwelling) -> str:
    person = form.chosen
    if person is None:
        community_id = request.community.id
        person = add_person(by=request.user, community_id=community_id, **form.new_person)
    moves.move_in(
        by=request.user,
        person=person,
        dwelling=place,
        on=form.cleaned_data["on"],
        stays=form.stays,
        other_address=form.cleaned_data["other_address"],
        note=form.cleaned_data["note"],
    )
    return person_url(request, person)


@needs(Permission.PEOPLE_EDIT)
def move_out(request, person):
    """迁出: the form, then the consequences in other registers to confirm, then the event."""
    return _departure(request, person_of(request, person), died=False)


@needs(Permission.PEOPLE_EDIT)
def death(request, person):
    """死亡: like a move-out; every residence ends."""
    return _departure(request, person_of(request, person), died=True)


def _departure(request, person: Person, *, died: bool):
    if answer := repeated_submission(request):
        return answer
    residences = open_residences(person)
    if person.died_on or not (residences or died):
        messages.error(
            request, "此人已登记死亡。" if person.died_on else "此人现在没有居住或户籍登记，不能迁出。"
        )
        return redirect(person_url(request, person))
    step = request.POST.get("step", "")
    form = DepartureForm(request.POST or None, died=died, residences=residences)
    context = {"title": "死亡" if died else "迁出", "person": person, "residences": residences}
    if request.method != "POST" or step == "back" or not form.is_valid():
        return _form_page(request, form, two_steps=True, back=step == "back", **context)
    endings = _endings(person, form, residences)
    if step == "confirm":
        form = DepartureForm(request.POST, died=died, residences=residences, endings=endings)
        if form.is_valid():
            message = "死亡已登记。" if died else "迁出已登记。"
            answer = submit_once(request, form, lambda: _leave(request, form, person), message)
            if answer:
                return answer
    else:
        # The consequences were not asked yet: the second page begins without errors.
        form = DepartureForm(request.POST, died=died, residences=residences)
        form.is_valid()
        form.add_endings(endings)
    leaving = [r for r in residences if died or r.kind in form.cleaned_data.get("kinds", ())]
    context |= {
        "form": form,
        "leaving": leaving,
        "staying": [r for r in residences if r not in leaving],
        "headless": [r for r in leaving if _leaves_headless(r)],
    }
    status = 422 if step == "confirm" else 200
    return render(request, "residents/events/confirm.html", context, status=status)


def _leave(request, form: DepartureForm, person: Person) -> str:
    cleaned = form.cleaned_data
    common = {"by": request.user, "person": person, "on": cleaned["on"], "note": cleaned["note"]}
    if form.died:
        record_death(**common, **form.decisions)
    else:
        moves.move_out(kinds=cleaned["kinds"], destination=cleaned["destination"], **common, **form.decisions)
    return person_url(request, person)


def _endings(person: Person, form: DepartureForm, residences: list[Residence]) -> list:
    """Consequences of the departure in other registers; none when only the hukou leaves."""
    stays = not form.died and any(
        r.kind == Kind.LIVING and r.kind not in form.cleaned_data["kinds"] for r in residences
    )
    return [] if stays else moves.endings(person, Departure(form.cleaned_data["on"], form.died))


def _leaves_headless(residence: Residence) -> bool:
    others = residence.household.residences.open().exclude(pk=residence.pk)
    return residence.is_head and others.exists()


@needs(Permission.PEOPLE_EDIT)
def correct(request, person):
    """更正: write the changed fields and record them as a correction with its reason."""
    if answer := repeated_submission(request):
        return answer
    person = person_of(request, person)
    basis = event_basis_of(request, "correction", person)
    home = next((r for r in open_residences(person) if r.kind == Kind.LIVING), None)
    form = CorrectionForm(request.POST or None, person=person, home=home)
    if basis:
        form.initial |= basis.initial
    if request.method == "POST" and form.is_valid():
        message = f"更正已登记{f'，{basis.outcome}' if basis else ''}。"
        try:
            answer = submit_once(request, form, lambda: _correct(request, form, person, basis), message)
        except StaleForm:
            urls = {"edit": request.path, "detail": person_url(request, person)}
            context = {"row": person, "differences": form.against(person, home), "urls": urls}
            return render(request, "portal/register_pages/conflict.html", context, status=409)
        if answer:
            return answer
    return _form_page(request, form, title="更正", person=person, basis=basis)


def _correct(request, form: CorrectionForm, person: Person, basis: EventBasis | None) -> str:
    def write() -> list[PopulationEvent]:
        event = correct_person(
            by=request.user,
            person=person,
            version=form.cleaned_data["version"],
            changes=form.changes,
            note=form.cleaned_data["reason"],
        )
        return [event]

    if basis is None:
        write()
        return person_url(request, person)
    basis.accept(write, [person], request.user)
    return basis.next_url(request)


@needs(Permission.PEOPLE_NAMES)
@require_GET
def statement(request):
    """人口变动月报: opening + additions - reductions = closing, and the events of the month."""
    today = timezone.localdate()
    month = _month(request.GET.get("month"), today)
    after = first_of_next_month(month)
    events = rows(PopulationEvent, request.access, Permission.PEOPLE_NAMES, request.community)
    events = events.between(month, after).select_related("person", "by")
    counts = population_counts(request.community, min(after - datetime.timedelta(days=1), today))
    people_url = reverse("residents:person_list", kwargs={"community": request.community.code})
    panel = Panel(
        "本月的变动",
        ("日期", "变动", "状态", "类别", "姓名", "说明", "登记人"),
        [
            (
                Link(str(e.on), detail_url(request, "event", e)),
                e.get_what_display(),
                e.state,
                e.get_kind_display(),
                Link(e.person.name, f"{people_url}{e.person.uuid}/"),
                e.note,
                e.by.name if e.by else "",
            )
            for e in events[:500]
        ],
        empty="这个月没有登记变动",
    )
    statements = monthly_statements(request.community, month)
    context = {
        "month": month,
        "this_month": today.replace(day=1),
        "before": month - datetime.timedelta(days=1),
        "after": after if after <= today else None,
        "statements": [(Kind(kind).label, statement) for kind, statement in statements.items()],
        "late_panels": _late_panels(request, statements),
        "counts": counts,
        "panel": panel,
        "event_count": events.count(),
    }
    return render(request, "residents/event_log/statement.html", context)


def _late_panels(request, statements) -> list[Panel]:
    """Tables of the people counted in the late numbers, as far as they are still in the register."""
    panels = (
        people_panel(request.access, request.community, statement.month, kind, part)
        for kind, statement in statements.items()
        for part in ("late_added", "late_removed")
        if getattr(statement, part)
    )
    return [panel for panel in panels if panel and panel.rows]


def _month(text: str | None, today: datetime.date) -> datetime.date:
    """The first day of the month `YYYY-MM`; this month for anything else, and for months to come."""
    try:
        year, _, month = (text or "").partition("-")
        return min(datetime.date(int(year), int(month), 1), today.replace(day=1))
    except ValueError:
        return today.replace(day=1)


def _choose_dwelling(request, person: Person):
    home = next((r for r in open_residences(person) if r.kind == Kind.LIVING), None)
    find, url = find_dwellings(request)
    form = DwellingChoiceForm(
        request.GET if "dwelling" in request.GET else None,
        find=find,
        url=url,
    )
    if form.is_valid():
        place = form.cleaned_data["dwelling"]
        kwargs = {"community": request.community.code, "dwelling": place.uuid}
        return redirect(f"{reverse('residents:event_move_in', kwargs=kwargs)}?person={person.uuid}")
    return render(request, "residents/events/dwelling.html", {"form": form, "person": person, "here": home})


def _form_page(request, form, back=False, **context):
    status = 422 if form.is_bound and form.errors and not back else 200
    context |= {"form": form, "relations": LABELS.values()}
    return render(request, "residents/events/form.html", context, status=status)


def households_at(request, dwelling: Dwelling) -> dict[str, list[Household]]:
    """Kind → the occupied households at a dwelling."""
    members = rows(Residence, request.access, Permission.PEOPLE_VIEW, request.community)
    households = (
        rows(Household, request.access, Permission.PEOPLE_VIEW, request.community)
        .filter(dwelling=dwelling)
        .occupied()
        .prefetch_related(Prefetch("residences", members.open().select_related("person")))
    )
    by_kind: dict[str, list[Household]] = {kind: [] for kind in Kind.values}
    for household in households:
        by_kind[household.kind].append(household)
    return by_kind


def similar_people(request, name: str, number: str) -> list[Person]:
    """Living people of the community with this name or this certificate number, at most ten."""
    same = Q(name=name)
    if number:
        same |= Q(id_hash=blind_index(number, ID_COLUMN))
    everybody = rows(Person, request.access, Permission.PEOPLE_VIEW, request.community)
    return list(everybody.filter(same, died_on__isnull=True).order_by("name_key", "id")[:10])

"""Undo of a population event (撤销)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, render

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.forms.refusals import Refusal, add_refusal
from portal.forms.submission import sent_before, written_once
from residents.event_log.event_diff import lines_of
from residents.event_log.models import PopulationEvent
from residents.events.actions.undo import ended_elsewhere, stays_ended
from residents.events.actions.undo import undo as undo_event
from residents.events.forms.household import UndoForm
from residents.events.wizard import about_person, person_url, tried


@needs(Permission.PEOPLE_EDIT)
def undo(request, row):
    """Show what the undo restores and what not, or why it is refused; ask for the reason; undo."""
    if answer := sent_before(request):
        return answer
    everything = rows(PopulationEvent, request.access, Permission.PEOPLE_EDIT, request.community)
    event = get_object_or_404(everything.select_related("person"), uuid=row)
    form = UndoForm(request.POST or None)
    refusal, stay = _dry_run(request, event)
    if request.method == "POST" and form.is_valid():
        if refusal:
            add_refusal(form, refusal)
        else:
            back = person_url(request, event.person)
            answer = written_once(request, form, lambda: _undo(request, form, event, back), "变动已撤销。")
            if answer:
                return answer
    act = list(
        everything.written_with(event).select_related(
            "person", "residence__household__dwelling", "former__household__dwelling"
        )
    )
    context = {
        "form": form,
        "event": event,
        "subject": about_person(request, event.person),
        "lines": [line.reversed() for row in act for line in lines_of(row)],
        "resumed": [title for title in ended_elsewhere(event) if title not in stay],
        "stay": stay,
        "refusal": refusal,
    }
    return render(
        request, "residents/events/undo.html", context, status=422 if form.is_bound and form.errors else 200
    )


def _dry_run(request, event: PopulationEvent) -> tuple[Refusal | None, list[str]]:
    """Dry run of the undo: why it is refused, and what would stay ended in other registers."""
    stay = []

    def undo():
        entries = undo_event(by=request.user, event=event, reason="试算")
        stay.extend(stays_ended(entries))
        return entries

    try:
        tried(undo)
    except Refusal as refusal:
        return refusal, []
    return None, stay


def _undo(request, form: UndoForm, event: PopulationEvent, back: str) -> str:
    entries = undo_event(by=request.user, event=event, reason=form.cleaned_data["reason"])
    if stay := stays_ended(entries):
        messages.warning(request, f"没有恢复，仍需要的请另行登记：{'、'.join(stay)}。")
    return back

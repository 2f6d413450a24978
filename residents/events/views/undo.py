"""Undo of a population event (撤销)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, render

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.forms.refusals import Refusal, add_refusal
from portal.forms.submission import repeated_submission, submit_once
from residents.event_log.event_diff import changes_by
from residents.event_log.models import PopulationEvent
from residents.events.actions.undo import titles_not_restored, titles_of_consequences
from residents.events.actions.undo import undo as undo_event
from residents.events.forms.household import UndoForm
from residents.events.wizard import dry_run, person_subject, person_url


@needs(Permission.PEOPLE_EDIT)
def undo(request, row):
    """Show what the undo restores and what not, or why it is refused; ask for the reason; undo."""
    if answer := repeated_submission(request):
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
            answer = submit_once(request, form, lambda: _undo(request, form, event, back), "变动已撤销。")
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
        "subject": person_subject(request, event.person),
        "lines": [line.reversed() for row in act for line in changes_by(row)],
        "resumed": [title for title in titles_of_consequences(event) if title not in stay],
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
        stay.extend(titles_not_restored(entries))
        return entries

    try:
        dry_run(undo)
    except Refusal as refusal:
        return refusal, []
    return None, stay


def _undo(request, form: UndoForm, event: PopulationEvent, back: str) -> str:
    entries = undo_event(by=request.user, event=event, reason=form.cleaned_data["reason"])
    if stay := titles_not_restored(entries):
        messages.warning(request, f"没有恢复，仍需要的请另行登记：{'、'.join(stay)}。")
    return back

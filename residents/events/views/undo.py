"""Undo of a population event (撤销)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404

from portal.access.querysets import rows
from residents.event_log.event_diff import changes_by
from residents.event_log.models import PopulationEvent
from residents.events.actions.undo import titles_not_restored, titles_of_consequences
from residents.events.actions.undo import undo as undo_event
from residents.events.subjects import person_subject
from residents.events.wizard import UndoPage


class EventUndo(UndoPage):
    """Undo of an event: its diff backwards, and what ended elsewhere and comes back or not."""

    template_name = "residents/events/undo.html"
    message = "变动已撤销。"

    def load(self, row):
        self.events = rows(PopulationEvent, self.request.access, self.permission, self.request.community)
        self.event = get_object_or_404(self.events.select_related("person"), uuid=row)
        subject = person_subject(self.request, self.event.person)
        self.title = f"撤销{self.event.get_what_display()}：{subject.name}"
        self.trail, self.back = subject.trail, subject.url

    def undo(self, reason):
        """Undo; returns the titles of what stays ended in other registers."""
        return titles_not_restored(undo_event(by=self.request.user, event=self.event, reason=reason))

    def perform(self, form):
        if stay := self.undo(form.cleaned_data["reason"]):
            messages.warning(self.request, f"没有恢复，仍需要的请另行登记：{'、'.join(stay)}。")
        return self.back

    def extra_context(self, form):
        stay, refusal = self.dry_run()
        written = self.events.written_with(self.event).select_related(
            "person", "residence__household__dwelling", "former__household__dwelling"
        )
        return {
            "event": self.event,
            "lines": [line.reversed() for row in written for line in changes_by(row)],
            "resumed": [title for title in titles_of_consequences(self.event) if title not in (stay or ())],
            "stay": stay,
            "refusal": refusal,
        }

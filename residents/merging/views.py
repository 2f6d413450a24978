"""Merging duplicate person records (合并重复人员): candidates, side-by-side preview, merge and undo."""

from django.contrib import messages
from django.db.models import Case, Q, When
from django.shortcuts import get_object_or_404, redirect, render

from community.people.models import Person
from community.people.search import people_matching
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.form_pages.pages import CheckedFormPage
from portal.forms.refusals import StaleForm
from portal.hooks.search import ID_NUMBER_NOT_IN_URL, is_secret_only
from portal.registers.panels import Link
from residents.events.subjects import person_of, person_subject, person_url
from residents.events.wizard import UndoPage, dry_run
from residents.merging.actions.merge import merge_people
from residents.merging.actions.undo import undo_merge
from residents.merging.forms import PeopleMergeForm, has_hidden_conflict
from residents.merging.models import PersonMerge
from residents.merging.preview import MergePreview, check_mergeable, merge_preview
from residents.merging.refusals import MergeRefused
from residents.merging.registers import PersonMergeRegister, diff_lines, hidden_models, moved_counts

_MOST = 20
"""Most candidates that the page lists."""


@needs(Permission.PEOPLE_EDIT)
def choose_duplicate(request, person):
    """Choice of the duplicate: candidates of the same name first, others by search."""
    person = person_of(request, person)
    words = request.GET.get("q", "").strip()[:100]
    if words and is_secret_only(words):
        messages.warning(request, ID_NUMBER_NOT_IN_URL)
        return redirect(request.path)
    others = rows(Person, request.access, Permission.PEOPLE_EDIT, request.community).exclude(pk=person.pk)
    if words:
        others = others.filter(people_matching(words, request.access, request.community))
    else:
        others = others.filter(_duplicate_candidates(person))
    same_name = Case(When(name=person.name, then=0), default=1)
    context = {
        "trail": person_subject(request, person).trail,
        "person": person,
        "others": others.order_by(same_name, "name_key", "id")[:_MOST],
        "words": words,
    }
    return render(request, "residents/merging/choose_duplicate.html", context)


def _duplicate_candidates(person: Person) -> Q:
    """Candidates for a duplicate: same name, same birth date and sex, or same phone."""
    alike = Q(name=person.name)
    if person.birth_precision == "d":
        alike |= Q(birth_date=person.birth_date, birth_precision="d", sex=person.sex)
    return alike | Q(phone=person.phone) if person.phone else alike


class Merge(CheckedFormPage):
    """Side-by-side preview with the choices, then the result to confirm, then the merge."""

    permission = Permission.PEOPLE_EDIT
    form_class = PeopleMergeForm
    template_name = "residents/merging/form.html"
    check_template_name = "residents/merging/check.html"
    message = "两条记录已合并。"

    def load(self, person, other):
        kept, removed = person_of(self.request, person), person_of(self.request, other)
        self.preview = merge_preview(kept, removed)
        self.hidden = set(hidden_models(self.request.access, self.request.community))
        subject = person_subject(self.request, kept)
        self.title, self.trail, self.back = f"合并重复：{kept.name}", subject.trail, subject.url

    def form_arguments(self):
        return {"preview": self.preview}

    def extra_context(self, form):
        return {
            "preview": self.preview,
            "moves": moved_counts(self.preview.moves, self.hidden),
            "refusal": self._refusal(),
        }

    def show(self, form, status=200):
        if form.is_bound and form["seen"].value() != self.preview.fingerprint:
            return self.refuse(form, StaleForm())
        return super().show(form, status)

    def refuse(self, form, refusal):
        if refusal.starts_over:
            refusal = StaleForm("其中一条记录刚刚有变化，请核对最新内容后再合并")
        return super().refuse(form, refusal)

    def check(self, form):
        return {
            "title": f"合并：{self.preview.kept.name}",
            "losers": _losers(form, self.preview),
            "written": dry_run(lambda: list(diff_lines(self._merge(form)))),
        }

    def perform(self, form):
        self._merge(form)
        return self.back

    def _merge(self, form: PeopleMergeForm) -> PersonMerge:
        if refusal := self._refusal():
            raise MergeRefused(refusal)
        return merge_people(
            by=self.request.user,
            kept=self.preview.kept,
            removed=self.preview.removed,
            seen_fingerprint=form.cleaned_data["seen"],
            sides_by_value=form.sides_by_value,
            sides_by_conflict=form.sides_by_conflict,
            note=form.cleaned_data["note"],
        )

    def _refusal(self) -> str:
        """Why the two records cannot be merged at all, or not by this user; empty if they can."""
        try:
            check_mergeable(self.preview)
        except MergeRefused as refusal:
            return str(refusal)
        if has_hidden_conflict(self.preview, self.hidden):
            return "两条记录中有您无权查看的登记需要取舍，请由社区主任办理"
        return ""


def _losers(form: PeopleMergeForm, preview: MergePreview) -> list[tuple[str, str, str]]:
    """Rows that lose a conflict: their kind, the row, and what happens to it."""
    return [
        (
            conflict.label,
            str(conflict.loser(form.sides_by_conflict[conflict.key])),
            "今天终止" if conflict.ends else "保留在合并记录中，不再列出",
        )
        for conflict in preview.conflicts
    ]


class MergeUndo(UndoPage):
    """Undo of a merge."""

    template_name = "residents/merging/undo.html"
    message = "合并已撤销，两条记录都在。"
    register = PersonMergeRegister()

    def load(self, row):
        request, register = self.request, self.register
        self.row = get_object_or_404(register.rows(request.access, request.community), uuid=row)
        self.title = f"撤销合并：{self.row}"
        self.back = register.url("detail", request.community, self.row)
        self.trail = (
            Link(register.heading, register.url("list", request.community)),
            Link(str(self.row), self.back),
        )

    def undo(self, reason):
        return undo_merge(by=self.request.user, merge=self.row, reason=reason)

    def perform(self, form):
        return person_url(self.request, self.undo(form.cleaned_data["reason"]))

    def extra_context(self, form):
        return {
            "row": self.row,
            "written": list(diff_lines(self.row)),
            "moves": self.register.moves(self.row, self.request.access, self.request.community),
            "refusal": self.dry_run()[1],
        }

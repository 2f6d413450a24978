"""Merging duplicate person records (合并重复人员): candidates, side-by-side preview, merge and undo."""

from collections.abc import Iterable

from django.contrib import messages
from django.db import transaction
from django.db.models import Case, Q, When
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from community.people.models import Person
from community.people.search import people_matching
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.forms.refusals import Refusal, StaleForm, add_refusal
from portal.forms.submission import repeated_submission, submit_once
from portal.hooks.search import ID_NUMBER_NOT_IN_URL, is_secret_only
from residents.events.forms.household import UndoForm
from residents.events.wizard import person_of, person_subject, person_url
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
        "subject": person_subject(request, person),
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


@needs(Permission.PEOPLE_EDIT)
def merge(request, person, other):
    """Side-by-side preview with the choices, then the result to confirm, then the merge."""
    if answer := repeated_submission(request):
        return answer
    kept, removed = person_of(request, person), person_of(request, other)
    preview = merge_preview(kept, removed)
    hidden = hidden_models(request.access, request.community)
    step = request.POST.get("step", "")
    form = PeopleMergeForm(request.POST or None, preview=preview)
    context = {
        "form": form,
        "preview": preview,
        "subject": person_subject(request, kept),
        "moves": moved_counts(preview.moves, hidden),
        "refusal": _refusal(preview, hidden),
    }
    if request.method == "POST" and request.POST.get("seen") != preview.fingerprint:
        return _reload(request)
    if request.method != "POST" or step == "back" or context["refusal"] or not form.is_valid():
        return _form_page(request, form, step, context)
    try:
        if step == "confirm":
            url = person_url(request, kept)
            answer = submit_once(
                request, form, lambda: _merge(request, form, preview, url), "两条记录已合并。"
            )
            return answer or _form_page(request, form, step, context)
        return render(request, "residents/merging/check.html", context | _outcome(request, form, preview))
    except StaleForm:
        return _reload(request)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return _form_page(request, form, step, context)


def _reload(request):
    """Reload the page: the preview is outdated."""
    messages.warning(request, "其中一条记录刚刚有变化，请核对最新内容后再合并。")
    return redirect(request.path)


def _form_page(request, form, step: str, context: dict):
    status = 422 if form.is_bound and form.errors and step != "back" else 200
    return render(request, "residents/merging/form.html", context, status=status)


def _merge(request, form: PeopleMergeForm, preview: MergePreview, url: str = "") -> str:
    _write(request, form, preview)
    return url


def _write(request, form: PeopleMergeForm, preview: MergePreview) -> PersonMerge:
    return merge_people(
        by=request.user,
        kept=preview.kept,
        removed=preview.removed,
        seen_fingerprint=form.cleaned_data["seen"],
        sides_by_value=form.sides_by_value,
        sides_by_conflict=form.sides_by_conflict,
        note=form.cleaned_data["note"],
    )


class _DryRun(Exception):
    """Rolls the dry run back."""


def _outcome(request, form: PeopleMergeForm, preview: MergePreview) -> dict:
    """Dry run: what the merge writes, rolled back, so the page cannot promise what the action refuses."""
    outcome = {"losers": _losers(form, preview)}
    try:
        with transaction.atomic():
            outcome["written"] = list(diff_lines(_write(request, form, preview)))
            raise _DryRun
    except _DryRun:
        return outcome


def _losers(form: PeopleMergeForm, preview: MergePreview) -> list[tuple[str, str, str]]:
    """Rows that lose a conflict: their kind, the row, and what happens to it."""
    return [
        (
            conflict.label,
            str(conflict.loser(form.sides_by_conflict[conflict.key])),
            "今天终止" if conflict.ends else "留在合并记录中，不再列出",
        )
        for conflict in preview.conflicts
    ]


def _refusal(preview: MergePreview, hidden: Iterable[type]) -> str:
    """Why the two records cannot be merged at all, or not by this user; empty if they can."""
    try:
        check_mergeable(preview)
    except MergeRefused as refusal:
        return str(refusal)
    if has_hidden_conflict(preview, set(hidden)):
        return "两条记录中有您无权查看的登记需要取舍，请由社区主任办理"
    return ""


@needs(Permission.PEOPLE_EDIT)
def undo(request, row):
    """Undo a merge: what is restored, or why it cannot be; then the reason."""
    if answer := repeated_submission(request):
        return answer
    register = PersonMergeRegister()
    row = get_object_or_404(register.rows(request.access, request.community), uuid=row)
    form = UndoForm(request.POST or None)
    refusal = _undo_refusal(request, row)
    if request.method == "POST" and form.is_valid():
        if refusal:
            add_refusal(form, refusal)
        elif answer := submit_once(
            request, form, lambda: _undo(request, form, row), "合并已撤销，两条记录都在。"
        ):
            return answer
    context = {
        "form": form,
        "row": row,
        "urls": {
            "list": register.url("list", request.community),
            "detail": register.url("detail", request.community, row),
        },
        "written": list(diff_lines(row)),
        "moves": register.moves(row, request.access, request.community),
        "refusal": refusal,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "residents/merging/undo.html", context, status=status)


def _undo(request, form: UndoForm, row: PersonMerge) -> str:
    removed = undo_merge(by=request.user, merge=row, reason=form.cleaned_data["reason"])
    kwargs = {"community": request.community.code, "row": removed.uuid}
    return reverse("residents:person_detail", kwargs=kwargs)


def _undo_refusal(request, row: PersonMerge) -> Refusal | None:
    """Why the merge cannot be undone, by a dry run; None if it can."""
    try:
        with transaction.atomic():
            undo_merge(by=request.user, merge=row, reason="试算")
            raise _DryRun
    except _DryRun:
        return None
    except Refusal as refusal:
        return refusal

"""The pages of the care registers (重点人群) beside their lists: overview, benefit suggestions, secrets."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs, require
from portal.crypto import encrypted_fields
from portal.form_pages.pages import FormPage
from portal.registers.panels import Link
from portal.values.dates import prose_date
from residents.care.actions import dismiss_suggestion
from residents.care.benefit_suggestions import (
    PERSON_RULES,
    BenefitSuggestions,
    Rule,
    SuggestionKind,
    counts_by_kind,
    due_label,
    due_topic,
    list_url,
)
from residents.care.forms import DismissForm
from residents.care.models.elder import Elder
from residents.care.models.kind import CareKind
from residents.care.queries import MODELS
from residents.care.registers import REGISTERS as CARE_REGISTERS
from residents.people.reveal import RevealPage

_SHOWN = 5
"""Suggestions listed of each kind while none is chosen."""
_PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class SuggestionLine:
    """A benefit suggestion in the list: the person, the reason, and the pages that act on it or dismiss it."""

    person: Person
    url: str
    reason: str
    label: str
    action: str
    dismiss: str


@needs(Permission.CARE)
def overview(request):
    """How many are in each register, and what is due there."""
    day, community = timezone.localdate(), request.community
    suggestions = BenefitSuggestions.of(community, day)
    counts = counts_by_kind(community, day, suggestions.until)
    lines = []
    for kind, declaration in CARE_REGISTERS.items():
        url = declaration().url("list", community)
        urls = {
            "current": f"{url}?state=current",
            "past": f"{url}?state=past",
            "due": f"{url}?state=current&due_by={suggestions.until}",
            "overdue": f"{url}?state=current&due_by={day - datetime.timedelta(days=1)}",
        }
        lines.append((kind.label, due_label(kind), counts[kind], urls))
    topics = [(topic, topic.url(community)) for topic in suggestions.topics() if topic.rule in PERSON_RULES]
    context = {"lines": lines, "topics": topics, "until": suggestions.until}
    return render(request, "residents/care/overview.html", context)


@needs(Permission.CARE)
def suggestion_list(request):
    """Benefit suggestions: the first few of every kind, or all of one (`rule` and `care`), paginated."""
    suggestions = BenefitSuggestions.of(request.community, timezone.localdate())
    topics = suggestions.topics()
    topic_key = (request.GET.get("rule", ""), request.GET.get("care", ""))
    chosen = next((topic for topic in topics if (topic.rule, topic.care or "") == topic_key), None)
    sections, page = [], None
    for topic in [chosen] if chosen else [topic for topic in topics if topic.count]:
        candidates = suggestions.due(topic.care) if topic.care else suggestions.people(topic.rule)
        if chosen:
            page = Paginator(candidates, _PAGE_SIZE).get_page(request.GET.get("page"))
        lines = _lines(request, suggestions, topic, list(page or candidates[:_SHOWN]))
        sections.append((topic, topic.url(request.community), lines))
    context = {
        "topics": [(topic, topic.url(request.community)) for topic in topics],
        "sections": sections,
        "chosen": chosen,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number) if page else (),
        "all_url": request.community.url("residents:care_proposals"),
    }
    return render(request, "residents/care/suggestions.html", context)


def _lines(
    request, suggestions: BenefitSuggestions, topic: SuggestionKind, candidates: Sequence
) -> list[SuggestionLine]:
    return (
        _due_lines(request, topic, candidates)
        if topic.care
        else _people_lines(request, suggestions, topic, candidates)
    )


def _people_lines(
    request, suggestions: BenefitSuggestions, topic: SuggestionKind, people: Sequence[Person]
) -> list[SuggestionLine]:
    """Suggestions by age or living alone; people who have an elderly entry get a link to it."""
    entries = rows(Elder, request.access, Permission.CARE, request.community).open()
    entries_by_person = {
        entry.person_id: entry for entry in entries.filter(person__in=[person.pk for person in people])
    }
    register = CARE_REGISTERS[CareKind.ELDERLY]()
    lines = []
    for person in people:
        if topic.rule is Rule.SCHOOL:
            url = request.community.url("residents:person_hand_over", row=person.uuid)
            label, action = "转为任务", f"{url}?{urlencode({'title': '通知入学报名', 'kind': 'work'})}"
        elif entry := entries_by_person.get(person.pk):
            label, action = "填写津贴", register.url("edit", request.community, entry)
        else:
            url = register.url("create", request.community)
            label, action = "登记", f"{url}?{urlencode({'person': person.uuid})}"
        day = suggestions.birthday(person, topic.rule)
        reason = f"{prose_date(day)}满{suggestions.ages[topic.rule]}周岁" if day else "独居"
        lines.append(_line(request, topic, person, reason, label, action))
    return lines


def _due_lines(request, topic: SuggestionKind, due_entries: Sequence[tuple]) -> list[SuggestionLine]:
    """Care entries whose date is due, with a link to the form of the entry."""
    register = CARE_REGISTERS[topic.care]()
    mine = rows(MODELS[topic.care], request.access, Permission.CARE, request.community)
    entries = mine.select_related(mine.model.person_field).in_bulk([pk for _, pk, _, _ in due_entries])
    word = due_label(topic.care)
    return [
        _line(
            request,
            topic,
            entries[pk].whose,
            f"{word}：{prose_date(due)}",
            "办理",
            register.url("edit", request.community, entries[pk]),
            due,
        )
        for _, pk, _, due in due_entries
    ]


def _line(
    request, topic: SuggestionKind, person: Person, reason: str, label: str, action: str, occasion=None
) -> SuggestionLine:
    url = request.community.url("residents:person_detail", row=person.uuid)
    dismiss = request.community.url("residents:care_dismiss", rule=topic.rule, person=person.uuid)
    if topic.care:
        dismiss += f"?{urlencode({'care': topic.care.value, 'occasion': occasion})}"
    return SuggestionLine(person, url, reason, label, action, dismiss)


class DismissPage(FormPage):
    """Dismiss a suggestion with a reason (不办理); it is not listed again."""

    permission = Permission.CARE
    form_class = DismissForm
    button = "不办理"
    leave = "返回"

    def load(self, rule, person):
        people = rows(Person, self.request.access, self.permission, self.request.community)
        self.person = get_object_or_404(people, uuid=person)
        self.rule, self.care, self.occasion, title = _suggestion_of(self.request, rule)
        self.title = f"不办理提醒：{self.person.name}"
        self.lead = f"{title}。写明原因后不再提醒；到期的，在日期变更后重新提醒。"
        self.back = list_url(self.request.community, self.rule, self.care)
        self.trail = [Link("待遇与到期提醒", self.back)]

    def perform(self, form) -> str:
        dismiss_suggestion(
            by=self.request.user,
            person=self.person,
            rule=self.rule,
            care=self.care or "",
            occasion=self.occasion,
            reason=form.cleaned_data["reason"],
        )
        self.message = f"{self.person.name}的这条提醒已登记为不办理。"
        return self.back


def _suggestion_of(request, rule: str) -> tuple[Rule, CareKind | None, datetime.date | None, str]:
    """The suggestion named in the URL: rule, register, day and title. 404 for anything else."""
    try:
        rule = Rule(rule)
        if rule is not Rule.DUE:
            return rule, None, None, rule.label
        care = CareKind(request.GET.get("care", ""))
        occasion = datetime.date.fromisoformat(request.GET.get("occasion", ""))
    except ValueError as error:
        raise Http404 from error
    return rule, care, occasion, f"{due_topic(care)}（{prose_date(occasion)}）"


class SecretReveal(RevealPage):
    """Reveal of one secret of an entry; it also needs the right to reveal people's numbers."""

    permission = Permission.CARE
    care: CareKind = None
    secret = ""

    def load(self, row):
        request, register = self.request, CARE_REGISTERS[self.care]()
        require(request, Permission.PEOPLE_REVEAL)
        entries = register.rows(request.access, request.community)
        self.row = get_object_or_404(entries, **{"uuid": row, f"{self.secret}_hash__isnull": False})
        self.whose = self.row.whose.name
        self.what = encrypted_fields.label_of(register.model, self.secret)
        self.back = register.url("detail", request.community, self.row)

    def read(self):
        return encrypted_fields.read_secret(self.row, self.secret)


def reveal(kind: CareKind, name: str):
    """View that reveals the secret `name` of the entries of a register."""
    return SecretReveal.as_view(care=kind, secret=name)

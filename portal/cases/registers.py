"""Base of the registers of cases."""

import django_filters
from django.db.models import Q
from django.utils import timezone

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.cases.declaration import Actor, Course, Step
from portal.registers.columns import Column
from portal.registers.panels import ListTab
from portal.registers.registers import Register
from portal.values.dates import table_day, table_moment

UNREAD = "居民有新情况"
"""Of cases whose last step is the resident's."""


def is_owner(case, access: Access) -> bool:
    """Whether the user is the owner, or stands in for an owner who is away."""
    if case.owner_id in (None, access.user.pk):
        return case.owner_id is not None
    return case.owner_id in access.absent_colleagues.get(case.community_id, {})


def case_choices(course: Course) -> list[tuple[str, str]]:
    """Choices of the filter `state` of a list of cases."""
    unread = [("unread", UNREAD)] if course.resident_steps else []
    return [("mine", "我承办的"), ("open", "未办结"), ("overdue", "已超期"), *unread, *course.choices]


class CaseFilter(django_filters.ChoiceFilter):
    """Filter of a list of cases by what needs somebody, and by state."""

    def __init__(self, course: Course):
        super().__init__(label="范围", empty_label="全部", choices=case_choices(course))

    def filter(self, queryset, value):
        if value == "mine":
            return queryset.owned_by(self.parent.request.access.user)
        if value == "open":
            return queryset.open()
        if value == "overdue":
            return queryset.overdue(timezone.now())
        if value == "unread":
            return queryset.unread()
        return queryset.filter(state=value) if value else queryset


class CaseRegister(Register):
    """A register whose rows are cases. They are created by actions and changed by steps, never by a form or in bulk.

    work: right to take the steps that ask no other one.
    tabs: values of the filter `state` that stand above the list with their numbers.
    first_states: states in which a case waits for whoever takes it; after a step on one the next is offered.
    shown_above: labels of facts that the page of a case says elsewhere.
    """

    work: Permission
    tabs: tuple[str, ...] = ()
    first_states: tuple[str, ...] = ()
    shown_above: tuple[str, ...] = ("状态", "承办人", "收到时间", "办理期限")
    bulk_fields = ()

    @property
    def course(self) -> Course:
        return self.model.course

    def list_tabs(self, access: Access, community: CommunityRef) -> list[ListTab]:
        """What needs somebody, of open cases only."""
        cases, labels = rows(self.model, access, self.view, community), dict(case_choices(self.course))
        conditions = {
            "mine": cases.is_open() & Q(owner=access.user),
            "overdue": cases.is_overdue(timezone.now()),
            "unread": cases.is_unread(),
        }
        cases = cases.filter(ended_at__isnull=True)
        return [
            ListTab(labels[tab], {"state": tab}, cases.filter(conditions.get(tab, Q(state=tab))))
            for tab in self.tabs
        ]

    def next_after(self, case, state: str, access: Access, community: CommunityRef):
        """The most urgent other case in the state that this one had; None if there is none, or nobody waits in it."""
        if state not in self.first_states:
            return None
        cases = rows(self.model, access, self.work, community).filter(state=state).exclude(pk=case.pk)
        return cases.order_by("due", "id").first()

    def steps_for(self, case, access: Access, community: CommunityRef) -> list[Step]:
        """The steps that this user may take now, the expected ones first."""
        return [
            step
            for step in self.course.steps_from(case.state)
            if step.is_on_page and self.may_take(case, step, access, community)
        ]

    def may_take(self, case, step: Step, access: Access, community: CommunityRef) -> bool:
        """Whether this user may take the step, if the state allows it."""
        if not access.can(step.right or self.work, community):
            return False
        if step.actor is Actor.OWNER and not is_owner(case, access):
            return False
        return step.allowed is None or step.allowed(case, access.user)


CASE_COLUMNS = (
    Column("state", "状态", width=10, value=lambda case: case.get_state_display(), sort="state"),
    Column(
        "owner",
        "承办人",
        sort="owner__name",
        value=lambda case: case.owner.name if case.owner_id else "",
        width=10,
    ),
    Column("received_at", "收到时间", value=lambda case: table_moment(case.received_at), width=16),
    Column(
        "due",
        "办理期限",
        value=lambda case: table_day(case.due) if case.due and not case.answered_at else "",
        width=12,
    ),
)
"""Columns that every list of cases has."""

"""Base of the registers of cases."""

import django_filters
from django.utils import timezone

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.cases.declaration import Course, Step
from portal.registers.columns import Column
from portal.registers.registers import Register
from portal.values.dates import table_day, table_moment


class CaseFilter(django_filters.ChoiceFilter):
    """Filter of a list of cases by what needs somebody, and by state."""

    def __init__(self, course: Course):
        super().__init__(
            label="范围",
            empty_label="全部",
            choices=[
                ("mine", "我承办的"),
                ("open", "未办结"),
                ("overdue", "已超期"),
                *course.choices,
            ],
        )

    def filter(self, queryset, value):
        if value == "mine":
            return queryset.owned_by(self.parent.request.access.user)
        if value == "open":
            return queryset.open()
        if value == "overdue":
            return queryset.overdue(timezone.now())
        return queryset.filter(state=value) if value else queryset


class CaseRegister(Register):
    """A register whose rows are cases. They are created by actions and changed by steps, never by a form or in bulk.

    work: right to take the steps that ask no other one.
    """

    work: Permission
    bulk_fields = ()

    @property
    def course(self) -> Course:
        return self.model.course

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
        if step.actor == "owner" and case.owner_id != access.user.pk:
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

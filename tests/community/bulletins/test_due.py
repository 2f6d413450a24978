"""To-do entries of bulletins: what is due for which role."""

import datetime

import pytest

from community.bulletins.actions import workflow as actions
from community.bulletins.hooks import bulletins_due
from portal.access.user_access import Access
from portal.values.months import month_after
from tests.community.bulletins.drafting import MONTH, mark, publish, review, write_draft

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 3)


@pytest.fixture
def due(house, cast):
    """Title, date and kind of a user's entries on 3 November 2026."""

    def due(name: str) -> list[tuple]:
        entries = bulletins_due(Access.of(cast[name]), [house.kuocang.ref], TODAY)
        return [(item.title, item.on, item.kind) for item in entries]

    return due


BY_THE_TENTH = datetime.date(2026, 11, 10)


def test_missing_draft_is_due_for_editors(due):
    missing = [("10月公开栏待起草", BY_THE_TENTH, "work")]
    assert due("staff") == due("director") == missing
    assert due("supervisor") == due("finance") == []


def test_months_before_opened_on_are_not_due(house, due):
    house.kuocang.opened_on = TODAY
    assert due("staff") == due("director") == []


def test_each_workflow_step_is_due_for_its_role(house, cast, due):
    draft = write_draft(house.kuocang, cast["staff"])
    assert due("staff") == [("10月公开栏起草中，待提交", BY_THE_TENTH, "work")]
    submitted = actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    assert due("staff") == [("10月公开栏待居务监督委员会审核", BY_THE_TENTH, "waiting")]
    assert due("supervisor") == [("10月公开栏待审核", BY_THE_TENTH, "decision")]
    mark(submitted, cast["supervisor"])
    actions.agree(bulletin=submitted, seen_version=submitted.version, by=cast["supervisor"])
    assert due("staff") == [("10月公开栏待主任批准", BY_THE_TENTH, "waiting")]
    assert due("supervisor") == []
    assert due("director") == [("10月公开栏待批准", BY_THE_TENTH, "decision")]


def test_a_returned_draft_is_due_again(house, cast, due):
    agreed = review(write_draft(house.kuocang, cast["staff"]), cast)
    actions.return_from_approval(
        bulletin=agreed, seen_version=agreed.version, by=cast["director"], remark="请补充"
    )
    assert due("staff") == [("10月公开栏被退回，待修改", BY_THE_TENTH, "work")]


def test_approval_is_not_due_for_an_editor(house, cast, due):
    review(write_draft(house.kuocang, cast["director"]), cast)
    assert due("director") == []


def test_nothing_is_due_when_last_month_is_published(house, cast, quick_pdf, due):
    publish(house.kuocang, cast)
    write_draft(house.kuocang, cast["staff"], month_after(MONTH))  # this month may take its time
    assert due("staff") == due("director") == due("supervisor") == []

"""Declarations of cases: what a mistake in one says, and that no kind of case has a dead end."""

import pytest

from portal.cases.declaration import Actor, Course, State, Step
from portal.cases.recalculation import case_models
from services.requests.course import COURSE
from tests.loops import for_each

STATES = (State("new", "新"), State("done", "办结", is_end=True))


def course(*steps: Step) -> Course:
    return Course(STATES, steps, lambda case, day, step: (5, ""))


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([Step("end", "办结", "办结", ("new",), "finished")], "finished"),
        ([Step("end", "办结", "办结", ("old",), "done")], "old"),
        ([Step("end", "办结", "办结", ("new",), "done", main=("old",))], "old"),
        ([Step("end", "办结", "办结", ("new",), "done")] * 2, "two steps"),
    ],
)
def test_mistakes_of_a_declaration_are_refused(steps, words):
    with pytest.raises(ValueError, match=words):
        course(*steps)


def test_expected_steps_come_first():
    note = Step("note", "记录", "记录", ("new",))
    end = Step("end", "办结", "办结", ("new",), "done", main=("new",))
    assert course(note, end).steps_from("new") == [end, note]
    assert course(note, end).steps_from("done") == []


def test_every_kind_has_the_steps_of_the_portal():
    assert course().by_name["calendar"].actor is Actor.PORTAL
    assert course().by_name["calendar"].sources == ("new",)
    assert "calendar" not in {step.name for step in COURSE.steps}


@for_each(case_models(), name=lambda model: model._meta.label)
def test_every_state_is_reached_and_every_open_one_left(model):
    course = model.course
    reached = {step.target for step in course.steps}
    # Where cases begin: no step leads there, so their receipt is recorded in it.
    begun = {value for value in course.open_states if value not in reached}
    assert len(begun) <= 2, begun
    assert {state.value for state in course.states} - reached - begun == set()
    for state in course.open_states:
        leads_on = {step.target for step in course.steps_from(state)} - {"", state}
        assert leads_on, f"nothing leaves {state}"
        assert _can_end(course, state), f"no end can be reached from {state}"


@for_each(case_models(), name=lambda model: model._meta.label)
def test_choices_and_parts_of_a_kind(model):
    assert model._meta.get_field("state").choices == model.course.choices
    steps = model._meta.get_field("steps").related_model
    unique = [constraint.fields for constraint in steps._meta.constraints if hasattr(constraint, "fields")]
    assert any({"case", "number"} <= set(fields) for fields in unique)
    longest = max(map(len, model.course.by_name))
    assert longest <= steps._meta.get_field("name").max_length


def _can_end(course: Course, start: str) -> bool:
    seen, waiting = set(), [start]
    while waiting:
        state = waiting.pop()
        if course.state(state).is_end:
            return True
        if state not in seen:
            seen.add(state)
            waiting += [step.target for step in course.steps_from(state) if step.target]
    return False

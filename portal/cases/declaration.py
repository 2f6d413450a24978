"""Declaration of a kind of case: its states, the steps between them, who may take each and what it does to the clock.

A noun declares its course once; pages, to-do, filters, figures and deadlines follow from it (decision 0103).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from django import forms

from portal.access.permissions import Permission


class Actor(StrEnum):
    """Who takes a step."""

    OFFICE = "office"
    """Whoever may work on the case by the rights of the step."""
    OWNER = "owner"
    """Its owner only."""
    RESIDENT = "resident"
    """Only whoever holds the tracking code, without an account."""
    PORTAL = "portal"
    """The portal itself, when a period is over."""


class Clock(StrEnum):
    """What a step does to the deadline."""

    KEEP = "keep"
    START = "start"
    """Begins a new period; `Course.period` says how long."""
    RECKON = "reckon"
    """The period anew from the day on which it began: what it depends on has changed."""
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"
    """The answer is given: nothing is due any more."""


class Unit(StrEnum):
    """Unit of the periods of a kind of case, by its words.

    A period in days or months that ends on a day off ends on the next working day.
    """

    WORKING_DAYS = "个工作日"
    DAYS = "天"
    MONTHS = "个月"


@dataclass(frozen=True, slots=True)
class State:
    """A state of the noun.

    is_end: the case is closed. waits_for: whom it waits for while it is in this state, if not for its owner.
    is_news: its owner is told of the state in the to-do, since somebody else brought the case there.
    """

    value: str
    label: str
    is_end: bool = False
    waits_for: str = ""
    is_news: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step from some states to another.

    name: stored with the step and part of its address. target: the state after it; empty if it stays.
    label: the act, on its button. done: what the course says happened.
    right: narrower than the right to work on the case.
    form_class: what the step asks; its field `text` is what it says.
    by_code: whether the holder of the tracking code may take it as well.
    to_resident: whether its text is a public reply, which whoever holds the code reads.
    is_issued: whether its text leaves the committee otherwise, as a written answer does.
    main: the step that is expected in these states. hint: what it does, below the button.
    allowed: (case, user) -> whether it can be taken now, besides state and rights.
    """

    name: str
    label: str
    done: str
    sources: tuple[str, ...]
    target: str = ""
    actor: Actor = Actor.OFFICE
    by_code: bool = False
    right: Permission | None = None
    clock: Clock = Clock.KEEP
    form_class: type[forms.Form] | None = None
    to_resident: bool = False
    is_issued: bool = False
    main: tuple[str, ...] = ()
    hint: str = ""
    allowed: Callable | None = field(default=None, compare=False)

    @property
    def is_on_page(self) -> bool:
        """Whether the office takes it, by a button on the page of the case."""
        return self.actor in (Actor.OFFICE, Actor.OWNER)


CALENDAR, OWNER_LEFT, OWNER_BACK = "calendar", "owner_left", "owner_back"
"""Names of steps of the portal. A kind of case whose owner may leave declares the second one, and where it leads; the
others every kind has."""


@dataclass(frozen=True)
class Course:
    """The course of a kind of case.

    period: (case, calendar day, step) -> (length of the period in `unit`, key of the dated rule that sets it).
    """

    states: tuple[State, ...]
    steps: tuple[Step, ...]
    period: Callable
    unit: Unit = Unit.WORKING_DAYS

    def __post_init__(self):
        known = {state.value for state in self.states}
        for step in self.steps:
            named = {*step.sources, *step.main, *([step.target] if step.target else [])}
            if unknown := named - known:
                raise ValueError(f"step {step.name} names no state: {unknown}")
        if len({step.name for step in self.steps}) != len(self.steps):
            raise ValueError("two steps of one name")

    @cached_property
    def by_name(self) -> Mapping[str, Step]:
        """The declared steps, and those that the portal takes in every kind of case."""
        moved = ("核定期限", "节假日安排调整，重新核定期限")
        back = ("恢复承办", "承办人的岗位恢复，继续承办")
        own = [
            Step(name, *words, self.open_states, actor=Actor.PORTAL)
            for name, words in ((CALENDAR, moved), (OWNER_BACK, back))
        ]
        return {step.name: step for step in (*own, *self.steps)}

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(state.value, state.label) for state in self.states]

    @property
    def open_states(self) -> tuple[str, ...]:
        return tuple(state.value for state in self.states if not state.is_end)

    @cached_property
    def resident_steps(self) -> tuple[str, ...]:
        """Names of the steps that whoever holds the tracking code may take."""
        return tuple(step.name for step in self.steps if step.by_code or step.actor is Actor.RESIDENT)

    @cached_property
    def public_steps(self) -> tuple[str, ...]:
        """Names of the steps by which the office makes a text public; it is scanned first (`portal.cases.public_texts`)."""
        public = (step.name for step in self.steps if step.to_resident or step.is_issued)
        return tuple(name for name in public if name not in self.resident_steps)

    def state(self, value: str) -> State:
        return next(state for state in self.states if state.value == value)

    def steps_from(self, state: str) -> list[Step]:
        """The steps that leave this state, the expected ones first."""
        steps = [step for step in self.steps if state in step.sources]
        return sorted(steps, key=lambda step: state not in step.main)

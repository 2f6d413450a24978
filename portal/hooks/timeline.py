"""Hook TIMELINE: what happened to a person, and when, as the features know it."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One dated line about a person: what it was, the page with more, and what can be done about it.

    kind: the register it comes from, in a word. action: label and address of a further link.
    """

    on: datetime.date
    kind: str
    title: str
    url: str = ""
    text: str = ""
    action: tuple[str, str] = ()

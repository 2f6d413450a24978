"""Hook HEAD_PAGES: what features above the phone pages of building heads add to them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeadPage:
    """A page that a building head's phone leads to. `act` is what is done there, beside a stairwell.

    act_url: its address, to which the stairwell's uuid is added as `?stairwell=`.
    """

    label: str
    url: str
    act: str
    act_url: str

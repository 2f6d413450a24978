"""Why a residence or household cannot be written as an event says."""

from portal.forms.refusals import Refusal


class AlreadyResident(Refusal):
    """The person has an open residence of this kind."""


class NoResidence(Refusal):
    """The person has no open residence that could end, or not the one that was meant."""


class HeadTaken(Refusal):
    """The household has a head; actions never make a second one."""

    field = "relation_word"


class UnsuitableHousehold(Refusal):
    """The household is of the other kind or stands at another dwelling."""


class NumberTaken(Refusal):
    """Another household has the 户号."""

    field = "number"

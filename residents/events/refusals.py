"""Why a population event is refused."""

from portal.forms.refusals import Refusal


class UndecidedConsequences(Refusal):
    """What ends elsewhere must each be confirmed, or kept with a reason. `endings` lists what is open."""

    def __init__(self, endings):
        super().__init__(f"请逐项确认是否同时终止：{'、'.join(ending.title for ending in endings)}")
        self.endings = tuple(endings)


class NoHead(Refusal):
    """A household that is founded by members of another needs one head."""

    field = "head"


class MemberRefused(Refusal):
    """One of several people is refused. `position`: which one, from 0."""

    def __init__(self, position: int, refusal: Refusal):
        super().__init__(str(refusal), refusal.field)
        self.position = position
        self.starts_over = refusal.starts_over

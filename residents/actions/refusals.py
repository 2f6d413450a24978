"""Why an action on people, dwellings or reports cannot be done: each says the sentence to show."""


class Refusal(Exception):
    """The action was not done and nothing was written. `field` is the form field it is about.

    starts_over: the page that was sent is outdated; sending it again is refused again.
    """

    field = ""
    starts_over = False

    def __init__(self, sentence: str, field: str = ""):
        super().__init__(sentence)
        self.field = field or self.field


class WrongDate(Refusal):
    """In the future, or before what it follows."""

    field = "on"


class AlreadyHere(Refusal):
    """The person has an open residence of this kind."""


class NotHere(Refusal):
    """The person has no open residence that could end, or not the one that was meant."""


class Dead(Refusal):
    """The person has died."""


class HeadTaken(Refusal):
    """The household has a head; actions never make a second one."""

    field = "relation_word"


class WrongHousehold(Refusal):
    """The household is of the other kind or stands at another dwelling."""


class PersonExists(Refusal):
    """Somebody else in this community has the certificate number. `person` is that one."""

    field = "id_number"

    def __init__(self, person):
        super().__init__(f"本社区已有这个证件号码的人（{person.name}），请核对；是同一人的，请选择此人办理")
        self.person = person


class BadIdNumber(Refusal):
    """The certificate number cannot be right."""

    field = "id_number"


class ChangedMeanwhile(Refusal):
    """Somebody else changed the row since the page was shown."""

    starts_over = True

    def __init__(self, sentence: str = "这条记录刚刚被别人修改过，请核对最新内容后再提交"):
        super().__init__(sentence)


class NothingToDo(Refusal):
    """The change leaves everything as it is."""


class Undecided(Refusal):
    """What ends elsewhere must each be confirmed, or kept with a reason. `endings` lists what is open."""

    def __init__(self, endings):
        super().__init__(f"请逐项确认是否同时终止：{'、'.join(ending.title for ending in endings)}")
        self.endings = tuple(endings)


class NotReviewable(Refusal):
    """The report cannot be decided as the reviewer saw it: its page says how it stands."""

    starts_over = True


class AlreadyReviewed(NotReviewable):
    """Somebody else has dealt with the report."""


class OwnProposal(NotReviewable):
    """The proposer, as a person, reviews the own report."""


class ReportOutdated(NotReviewable):
    """The register changed since the reviewer looked at the report."""

    def __init__(self):
        super().__init__("登记内容刚刚有变化，请核对最新内容后再决定")


class NoReason(Refusal):
    """Sending back, rejecting and keeping each need a reason."""

    field = "reason"


class OpenConflict(Refusal):
    """The register changed since the report, and nobody has decided what holds."""


class NoHead(Refusal):
    """A household that is founded by members of another needs one head."""

    field = "head"


class NumberTaken(Refusal):
    """Another household has the 户号."""

    field = "number"


class NotUndone(Refusal):
    """Something later rests on the event, or what it wrote over was not kept."""


class PersonGone(Refusal):
    """The person's row was merged into another one, or deleted, since the page was shown."""

    def __init__(self):
        super().__init__("此人的记录刚刚被合并或删除，请重新查找后再办理")


class NotMerged(Refusal):
    """Two rows cannot become one as they stand; the sentence says what to do first."""


class NotChosen(Refusal):
    """The rows of a merge differ where nobody has said which of them holds."""

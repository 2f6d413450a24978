"""Why a building head's report cannot be submitted or reviewed."""

from portal.forms.refusals import Refusal


class NotReviewable(Refusal):
    """The report cannot be decided as the reviewer saw it: its page says how it stands."""

    starts_over = True


class AlreadyReviewed(NotReviewable):
    """Somebody else has dealt with the report."""


class OwnReport(NotReviewable):
    """The proposer, as a person, reviews the own report."""


class ReportOutdated(NotReviewable):
    """The register changed since the reviewer looked at the report."""

    def __init__(self):
        super().__init__("登记内容刚刚有变化，请核对最新内容后再决定")


class DeathReported(Refusal):
    """The person's death waits for review already."""

    field = "person"


class OpenConflict(Refusal):
    """The register changed since the report, and nobody has decided what holds."""

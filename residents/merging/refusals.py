"""Why two person records cannot be merged."""

from portal.forms.refusals import Refusal


class NotMerged(Refusal):
    """Two rows cannot become one as they stand; the sentence says what to do first."""


class NotChosen(Refusal):
    """The rows of a merge differ where nobody has said which of them holds."""

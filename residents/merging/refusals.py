"""Why two person records cannot be merged."""

from portal.forms.refusals import Refusal


class MergeRefused(Refusal):
    """Two rows cannot become one as they stand; the sentence says what to do first."""


class UndecidedConflicts(Refusal):
    """The rows of a merge differ where nobody has said which of them holds."""

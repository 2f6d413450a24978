"""Base of the errors that refuse an action: each carries the sentence to show."""


class Refusal(Exception):
    """The action was refused and nothing was written. `field` is the form field it is about.

    starts_over: the submitted page is outdated; submitting it again is refused again.
    """

    field = ""
    starts_over = False

    def __init__(self, sentence: str, field: str = ""):
        super().__init__(sentence)
        self.field = field or self.field

    @property
    def sentence(self) -> str:
        """The whole sentence, with its full stop."""
        return f"{str(self).rstrip('。')}。"


class WrongDate(Refusal):
    """In the future, or before what it follows."""

    field = "on"


class StaleForm(Refusal):
    """Somebody else changed the row since the page was shown."""

    starts_over = True

    def __init__(self, sentence: str = "这条记录已在别处保存过，请核对最新内容后再提交"):
        super().__init__(sentence)


class NoChange(Refusal):
    """The change leaves everything as it is."""


class NoReason(Refusal):
    """Sending back, rejecting and keeping each need a reason."""

    field = "reason"


class UndoRefused(Refusal):
    """Something later depends on the event, or the values that it replaced were not stored."""


def add_refusal(form, refusal: Refusal) -> None:
    """Add the sentence of a refusal as an error of the field it is about."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)

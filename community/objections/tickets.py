"""Forms by which somebody gets a tracking code."""

import datetime
import uuid

from django import forms
from django.core import signing

from community.objections.tracking_codes import new_code
from portal.forms.forms import PlainForm

OPEN_FOR = datetime.timedelta(hours=12)
"""How long a form may lie open; shorter than the tokens of what was sent are kept (`portal.forms.hooks`)."""
_SALT = "tracking_code.ticket"


def new_ticket() -> str:
    """A signed idempotency token and tracking code."""
    return signing.dumps([str(uuid.uuid4()), new_code()], salt=_SALT)


class TicketForm(PlainForm):
    """A form that brings a new tracking code with it; `ticket` of a valid one is (idempotency token, code).

    Both are generated when the form is shown: who submits it twice sees the same code again, and the portal need not store
    it. A form that lay open too long comes back with a new ticket, so that what was typed can be sent again.
    """

    ticket = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ticket"].initial = new_ticket

    def clean_ticket(self) -> tuple[uuid.UUID, str]:
        try:
            token, code = signing.loads(self.cleaned_data["ticket"], salt=_SALT, max_age=OPEN_FOR)
        except signing.BadSignature as error:
            self.data = self.data.copy()
            self.data[self.add_prefix("ticket")] = new_ticket()
            raise forms.ValidationError("页面打开时间太长，请核对后再提交一次。") from error
        return uuid.UUID(token), code

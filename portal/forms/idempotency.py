"""Idempotency of forms: a form submitted twice creates once."""

import uuid

from django import forms
from django.db import transaction

from portal.forms.forms import ErrorPlacementMixin
from portal.forms.models import Submission


def result_of(token: str | None) -> str | None:
    """Result URL of an earlier submission with this idempotency token; None for the first one.

    Called before validation: the second submission would fail on the row that the first one created.
    """
    try:
        submission = Submission.objects.filter(token=uuid.UUID(token or "")).first()
    except ValueError:
        return None
    return submission.result_url if submission else None


def run_once(token: uuid.UUID, user_id: int | None, create) -> str:
    """Run `create() -> url` exactly once for `token` and return its URL, also to a concurrent second request.

    The unique token makes the second transaction wait until the first one ends; if `create` raises, the token can be
    used again.
    """
    with transaction.atomic():
        submission, first = Submission.objects.get_or_create(token=token, defaults={"user_id": user_id})
        if first:
            submission.result_url = create()
            submission.save(update_fields=["result_url"])
        return submission.result_url


class TokenField(forms.UUIDField):
    """Hidden idempotency token. A form without one is sent once, so it gets a new one."""

    widget = forms.HiddenInput

    def __init__(self):
        super().__init__(required=False, initial=uuid.uuid4)

    def clean(self, value) -> uuid.UUID:
        return super().clean(value) or uuid.uuid4()


class IdempotentFormMixin(ErrorPlacementMixin):
    """Mixin for forms that are shown on another page than the one they are sent to, with their idempotency token.

    A form page adds the token to its own form (`portal.form_pages.pages.FormPage`).
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_token(self)

    @staticmethod
    def add_token(form: forms.BaseForm) -> None:
        """Add the hidden idempotency token to a form."""
        form.fields["token"] = TokenField()

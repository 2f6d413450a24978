"""What keeps the public form of requests usable: limits, and signs of spam."""

from django import forms


class TrapFields(forms.Form):
    """Mixin of the public form: fields that people leave alone."""


def check_intake(request, community) -> None:
    """Refuse a submission over the limits of its network address or of the community. Raises RateLimitExceeded."""


def suspicion_of(form, request, community) -> str:
    """Why a valid submission looks like spam, in words; empty if it does not."""
    return ""

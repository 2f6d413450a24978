"""What keeps the public form of requests usable: limits, and signs of spam.

Nobody is refused for a sign: a suspicious request comes in as `suspected`, and staff free or reject it
(`services.requests.spam`). Above the limit of a network or community everything is suspicious, and what bears a sign
besides is refused (decision 0105).
"""

import re
import time
import zlib
from collections.abc import Iterator, Mapping

from django import forms
from django.core import signing
from django.db import connection
from django.utils.html import format_html

from portal.audit.intake_limits import Excess, IntakeLimits
from portal.forms.forms import PlainForm
from services.requests.models import Request

LIMITS = IntakeLimits("request", network=(10, 30), community=(60, 300), beyond=(20, 300))
"""A community gets some 120 requests in a year; sixty in an hour are a burst pipe that a whole estate reports."""
SHORTEST = 3
"""Seconds in which nobody reads and fills in the form."""
LONGEST = 12 * 60 * 60
SAME_TEXTS = 2
"""Requests of the last day with the same text that are not yet a sign: one is sent again, or by a neighbour as well."""
REPETITIVE = 5
"""Compression at which a text repeats itself; what people write has a third of it at most."""
_MOMENT = "services.request.opened"
_LINK = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:com|cn|net|org|top|xyz|info|vip|cc|shop|site|club)\b", re.I | re.A
)


class TrapInput(forms.TextInput):
    """An input out of sight that people leave empty; programs fill in whatever a form has."""

    is_hidden = True  # so that a page shows it like a hidden field, without a label of its own

    def render(self, name, value, attrs=None, renderer=None):
        field = super().render(name, value, attrs, renderer)
        return format_html('<label class="unseen" aria-hidden="true">请不要填写{}</label>', field)


class TrapFields(PlainForm):
    """Mixin of the public form: fields that people leave alone. A page writes its hidden fields, which these are."""

    opened = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-keep": True}))
    """Signed moment at which the form was opened; cleaned: seconds since then, None if it was not opened at all.

    `data-keep`: what the browser kept of a form is sent with the moment at which it was typed.
    """
    link = forms.CharField(required=False, widget=TrapInput(attrs={"autocomplete": "off", "tabindex": "-1"}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["opened"].initial = lambda: _moment(time.time())

    def clean_opened(self) -> int | None:
        try:
            opened = signing.loads(self.cleaned_data["opened"], salt=_MOMENT)
        except signing.BadSignature:
            return None
        return int(time.time()) - opened

    def clean(self):
        cleaned = super().clean()
        if (cleaned.get("opened") or 0) > LONGEST:
            self._open_anew()
            if not self.non_field_errors():  # a ticket of the form may have expired as well
                raise forms.ValidationError("页面打开时间太长，请核对后再提交一次。")
        return cleaned

    def _open_anew(self) -> None:
        """Let the form that comes back be sent at once."""
        self.data = self.data.copy()
        self.data[self.add_prefix("opened")] = _moment(time.time() - SHORTEST)


def _moment(at: float) -> str:
    return signing.dumps(int(at), salt=_MOMENT)


def check_intake(request, community) -> None:
    """Refuse a submission over the limits of its network address or of the community. Raises RateLimitExceeded."""
    request.intake_excess = LIMITS.count(
        request, community.id, is_suspicious=lambda: any(_signs(_posted(request), community))
    )


def suspicion_of(form, request, community) -> str:
    """Why a valid submission looks like spam, in words; empty if it does not.

    What was posted is judged after `check_intake`, whose limits count as well.
    """
    excess = getattr(request, "intake_excess", Excess.NONE)
    words = [*([excess.value] if excess else []), *_signs(form.cleaned_data, community)]
    return "；".join(words)[: Request._meta.get_field("suspicion").max_length]


def _posted(request) -> Mapping:
    """What a submission says to the traps, before its form was validated."""
    traps = TrapFields(request.POST)
    traps.is_valid()
    return traps.cleaned_data | {"text": request.POST.get("text", "")}


def _signs(data: Mapping, community) -> Iterator[str]:
    """Signs of spam in words, those that ask the database last."""
    seconds, text = data.get("opened"), data.get("text", "").strip()
    if seconds is None:
        yield "没有打开页面就提交"
    elif seconds < SHORTEST:
        yield "打开页面后立即提交"
    if data.get("link"):
        yield "填写了隐藏项"
    if _LINK.search(text):
        yield "内容中有网址"
    if is_repetitive(text):
        yield "内容反复"
    elif _same_texts(community, text) >= SAME_TEXTS:
        yield "一天内多次相同内容"


def is_repetitive(text: str) -> bool:
    """Whether a text consists of few characters or sentences, again and again."""
    packed = "".join(text.split()).encode()
    return len(packed) >= 60 and len(packed) > REPETITIVE * len(zlib.compress(packed))


def _same_texts(community, text: str) -> int:
    """Number of requests of the last day with this text, whoever may read them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT services_same_requests(%s, %s)", [community.id, text.replace("\0", "")])
        return cursor.fetchone()[0]

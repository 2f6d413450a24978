"""Rate limit shared by revealing full ID numbers and searching by them."""

import datetime

from django.utils import timezone

from portal.audit import access_log
from portal.forms.refusals import Refusal

AN_HOUR = 20


class LimitReached(Refusal):
    """The hour's limit is used up; the text is the sentence to show."""


def count_reveal(user_id: int) -> None:
    """Count one reveal of a full number, or one search by its digits. Raises LimitReached past the limit."""
    try:
        access_log.check_rate_limit("reveal", str(user_id), limit=AN_HOUR, window=datetime.timedelta(hours=1))
    except access_log.RateLimitExceeded as often:
        # Rounded up: at that minute it works again.
        free_at = timezone.localtime(often.retry_at) + datetime.timedelta(seconds=59)
        raise LimitReached(
            f"一小时内查看完整证件号码和按号码查找最多 {AN_HOUR} 次，请在 {free_at:%H:%M} 以后再试。"
        ) from often

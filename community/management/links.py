"""Text that a command prints of a set-up link, shown only once."""

from community.accounts.actions import LINK_DAYS
from community.accounts.models import User
from portal.pages.absolute_urls import absolute_url


def describe_link(user: User, token: str) -> str:
    """Username, and the link that sets the password."""
    link = absolute_url("community:setup", token=token)
    return f"用户名：{user.username}\n开通链接（{LINK_DAYS}天内有效，只能使用一次）：{link}"

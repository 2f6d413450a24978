"""What a command prints of a set-up link: it is shown this once and stored nowhere."""

from community.actions.accounts import LINK_DAYS
from community.models import User
from portal.links import absolute_url


def describe_link(user: User, token: str) -> str:
    """The name to sign in with, and where the password is set."""
    link = absolute_url("community:setup", token=token)
    return f"用户名：{user.username}\n开通链接（{LINK_DAYS}天内有效，只能使用一次）：{link}"

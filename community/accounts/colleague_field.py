"""Form field that chooses a colleague."""

from collections.abc import Iterable

from django import forms

from community.accounts.colleagues import colleague_label, colleagues
from community.accounts.models import User


class ColleagueField(forms.ChoiceField):
    """Choice of a colleague who holds certain rights, set by `offer`, with who is away. Cleans to the user, or None."""

    default_error_messages = {"invalid_choice": "这位同事现在没有办理这项工作的岗位，请重新选择。"}
    """Mostly because a role ended since the page was opened."""

    def offer(
        self,
        community,
        empty: list[tuple[str, str]],
        *rights: str,
        also: tuple[User, ...] = (),
    ) -> None:
        """Offer users who hold all `rights`; `also`: earlier choices who no longer hold them."""
        self.offer_users([*colleagues(community.id, *rights), *also], empty)

    def offer_users(self, users: Iterable[User], empty: list[tuple[str, str]]) -> None:
        """Offer these users, as `colleagues` gives them, for forms with several such fields."""
        self.users_by_key = {str(user.pk): user for user in users}
        self.choices = [*empty, *((key, colleague_label(user)) for key, user in self.users_by_key.items())]

    def prepare_value(self, value):
        return value.pk if isinstance(value, User) else value

    def clean(self, value) -> User | None:
        return self.users_by_key.get(super().clean(value))

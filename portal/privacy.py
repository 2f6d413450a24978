"""What a public form says of the data it takes (隐私告知, PIPL article 17); shown by `components/privacy.html`."""

from dataclasses import dataclass

from django.db import models

from portal.retention import Kept, kept_of


@dataclass(frozen=True, slots=True)
class PrivacyNotice:
    """The words of one form, declared with it as `privacy`.

    collected: what is taken, and what of it may be left out.
    published: what of it goes public; empty for nothing.
    into: where it is kept; purpose, basis, period and who sees it are said there.
    """

    collected: str
    into: type[models.Model]
    published: str = ""

    @property
    def kept(self) -> Kept:
        return kept_of(self.into)

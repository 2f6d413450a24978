"""Privacy notices (隐私告知, PIPL article 17) of public forms, shown by `components/privacy.html`."""

from dataclasses import dataclass

from django.db import models

from portal.retention.data_categories import DataCategory, category_of


@dataclass(frozen=True, slots=True)
class PrivacyNotice:
    """Privacy notice of one form, declared by its attribute `privacy`.

    collected: the data collected, and which of it is optional.
    published: the part that becomes public; empty if none.
    into: the model that stores it; its retention policy gives purpose, legal basis, period and readers.
    """

    collected: str
    into: type[models.Model]
    published: str = ""

    @property
    def category(self) -> DataCategory:
        return category_of(self.into)

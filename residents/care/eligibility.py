"""Eligibility for a care register by age and sex."""

import datetime

from portal.values.partial_dates import years_before
from residents.care.models.child import CareChild
from residents.care.models.elder import Elder
from residents.care.models.maternal import Maternal

_OF_AGE = 18
"""民法典第十七条."""


def ineligible_because(
    model: type, born: datetime.date | None, sex: str, day: datetime.date, elder_age: int
) -> str:
    """Why a person is ineligible for the register of `model` on `day`, as a sentence without a stop; "" if eligible.

    People without a birth date pass. `elder_age` is the community's rule.
    """
    if model is Maternal and sex == "M":
        return "本台账只登记女性"
    if born is None:
        return ""
    if model is CareChild and born <= years_before(day, _OF_AGE):
        return f"此人已满{_OF_AGE}周岁，不属于儿童"
    if model is Elder and born > years_before(day, elder_age):
        return f"此人不满{elder_age}周岁"
    return ""

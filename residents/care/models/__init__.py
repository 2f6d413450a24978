"""The care registers (重点人群台账): one typed noun each."""

from residents.care.models.child import CareChild
from residents.care.models.disability import Disability
from residents.care.models.dismissal import CareDismissal
from residents.care.models.elder import Elder
from residents.care.models.low_income import LowIncome
from residents.care.models.maternal import Maternal
from residents.care.models.retiree import Retiree
from residents.care.models.special_care import SpecialCare
from residents.care.models.unemployed import Unemployed

__all__ = [
    "CareChild",
    "CareDismissal",
    "Disability",
    "Elder",
    "LowIncome",
    "Maternal",
    "Retiree",
    "SpecialCare",
    "Unemployed",
]

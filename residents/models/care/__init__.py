"""The care registers (重点人群台账): one typed noun each."""

from residents.models.care.child import CareChild
from residents.models.care.disability import Disability
from residents.models.care.dismissal import CareDismissal
from residents.models.care.elder import Elder
from residents.models.care.low_income import LowIncome
from residents.models.care.maternal import Maternal
from residents.models.care.retiree import Retiree
from residents.models.care.special_care import SpecialCare
from residents.models.care.unemployed import Unemployed

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

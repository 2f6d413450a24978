"""The care registers (重点人群台账): one declaration each."""

from residents.care.models.kind import CareKind
from residents.care.registers.base import CareRegister
from residents.care.registers.child import CareChildRegister
from residents.care.registers.disability import DisabilityRegister
from residents.care.registers.elder import ElderRegister
from residents.care.registers.low_income import LowIncomeRegister
from residents.care.registers.maternal import MaternalRegister
from residents.care.registers.retiree import RetireeRegister
from residents.care.registers.special_care import SpecialCareRegister
from residents.care.registers.unemployed import UnemployedRegister

REGISTERS: dict[CareKind, type[CareRegister]] = {
    declaration.kind: declaration
    for declaration in (
        LowIncomeRegister,
        DisabilityRegister,
        ElderRegister,
        SpecialCareRegister,
        UnemployedRegister,
        RetireeRegister,
        CareChildRegister,
        MaternalRegister,
    )
}
"""Register by care kind, in the order of the menu."""

"""The care registers (重点人群台账): one declaration each."""

from residents.care import CareKind
from residents.registers.care.base import CareRegister
from residents.registers.care.child import CareChildRegister
from residents.registers.care.disability import DisabilityRegister
from residents.registers.care.elder import ElderRegister
from residents.registers.care.low_income import LowIncomeRegister
from residents.registers.care.maternal import MaternalRegister
from residents.registers.care.retiree import RetireeRegister
from residents.registers.care.special_care import SpecialCareRegister
from residents.registers.care.unemployed import UnemployedRegister

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

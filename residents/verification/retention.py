"""Retention of the verification of dwellings."""

from portal.access.permissions import Permission as P
from portal.retention.data_categories import DataCategory, Retention, declare
from residents.verification.models import Verification

declare(
    DataCategory(
        "入户核实",
        (Verification,),
        "记录住户情况的核实时间和核实人",
        Retention("核实", "at", years=5),
        right=P.REPORTS_REVIEW,
    )
)

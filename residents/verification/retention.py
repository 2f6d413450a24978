"""Retention of the verification of dwellings."""

from portal.access.permissions import Permission as P
from portal.retention.data_categories import DataCategory, Retention, declare
from residents.verification.models import Verification

declare(
    DataCategory(
        "入户核实",
        (Verification,),
        "记下何时由谁核实过住户情况",
        Retention("核实", "at", years=5),
        right=P.REPORTS_REVIEW,
    )
)

"""What tables of residents/ that have no register keep of people, and how long."""

from portal.permissions import Permission as P
from portal.retention import Kept, Retention, keep
from residents.care import MODELS
from residents.models import Verification

CARE = Retention("不再享受或终止", "end", years=5)
"""Of every care register."""

keep(
    Kept(
        "入户核实",
        (Verification,),
        "记下何时由谁核实过住户情况",
        Retention("核实", "at", years=5),
        right=P.REPORTS_REVIEW,
    )
)

for kind, model in MODELS.items():
    keep(Kept(kind.label, (model,), "落实民政和就业、养老、助残等待遇", CARE, right=P.CARE))

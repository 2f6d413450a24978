"""What tables of residents/ that have no register keep of people, and how long."""

from portal.permissions import Permission as P
from portal.retention import Kept, Retention, keep
from residents.care import MODELS, CareKind
from residents.models import Verification

keep(
    Kept(
        "入户核实",
        (Verification,),
        "记下何时由谁核实过住户情况",
        Retention("核实", "at", years=5),
        right=P.REPORTS_REVIEW,
    )
)

CARE: dict[CareKind, Retention] = {
    CareKind.LOW_INCOME: Retention("保障终止", "end", years=5),
    CareKind.DISABLED: Retention("残疾登记终止", "end", years=5),
    CareKind.ELDERLY: Retention("津贴或关爱终止", "end", years=5),
    CareKind.SPECIAL_CARE: Retention("优抚终止", "end", years=10),
    CareKind.UNEMPLOYED: Retention("帮扶终止", "end", years=3),
    CareKind.RETIRED: Retention("管理服务终止", "end", years=3),
    CareKind.CHILD: Retention("保护终止", "end", years=5),
    CareKind.MATERNAL: Retention("服务终止", "end", years=1),
}
"""How long each care register keeps an entry that has ended."""

for kind, rule in CARE.items():
    keep(Kept(kind.label, (MODELS[kind],), "落实民政、优抚、就业、养老和助残待遇", rule, right=P.CARE))

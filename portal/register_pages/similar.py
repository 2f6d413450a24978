"""Similar rows of a register, answered to the form of a new row while it is typed. What was typed is in no address."""

import unicodedata

from django.shortcuts import render

from portal.access.user_access import CommunityRef
from portal.registers.registers import Register
from portal.registers.similar import MOST
from portal.registers.views import RegisterView

_LONGEST = 200


def similar_context(register: Register, community: CommunityRef) -> dict:
    """Context of a form of a new row (`components/form_page.html`), so that it looks for doubles."""
    similar = register.similar
    return {"similar": similar and {"url": register.url("similar", community), "by": similar}}


class SimilarView(RegisterView):
    """The rows that a new one may be, for whoever may enter it; only rows that this user may see."""

    http_method_names = ("post",)

    def get_permission(self):
        return self.register.edit

    def post(self, request):
        register = self.register
        names = (*register.similar.fields, *register.similar.alone)
        values = {name: _typed(request.POST.get(name, "")) for name in names}
        rows = register.rows(request.access, request.community)
        similar = register.similar.find(rows, values, request.access, request.community, request.id)
        lines = [
            (self.url("detail", row), register.similar.describe(row)) for row in list(similar.rows)[:MOST]
        ]
        context = {"lines": lines, "problem": similar.problem}
        return render(request, "portal/register_pages/similar.html", context)


def _typed(text: str) -> str:
    words = " ".join(unicodedata.normalize("NFKC", text[:_LONGEST]).split())
    return "".join(char for char in words if char.isprintable())

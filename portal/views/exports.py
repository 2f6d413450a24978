"""The file that a job wrote for a long export: for its user only, and for a day."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from portal import exporting
from portal.models import Export, Job
from portal.models.export import KEPT
from portal.registers import get_register
from portal.views.base import require
from portal.views.downloads import download


def _export_of(request, uuid) -> Export:
    """The user's own, while it is kept and as long as they may export."""
    own = Export.objects.of(request.community).filter(user_id=request.user.pk, job__state=Job.State.DONE)
    export = get_object_or_404(own.kept(), uuid=uuid)
    require(request, get_register(export.register).export_right)
    return export


def detail(request, export):
    found = _export_of(request, export)
    register = get_register(found.register)
    context = {
        "export": found,
        "register": register,
        "until": found.created_at + KEPT,
        "list_url": register.url("list", request.community),
    }
    return render(request, "generic/export.html", context)


def file(request, export):
    found = _export_of(request, export)
    day = timezone.localtime(found.created_at)
    name = f"{request.community.name}{get_register(found.register).heading}{day:%Y%m%d}"
    return download(exporting.content_of(found), name, found.extension)

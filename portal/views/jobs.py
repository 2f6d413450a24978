from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from portal import made_files
from portal.jobs import jobs_of
from portal.models import Job
from portal.registers import get_register
from portal.vault import SecretUnreadable
from portal.views.base import require
from portal.views.downloads import download


def detail(request, job):
    """How far a job is. Who asked for it sees it; when it is over the page leads on to the result."""
    job_row = get_object_or_404(jobs_of(request.user, request.community), uuid=job)
    if job_row.state == Job.State.DONE and job_row.result_url:
        if request.htmx:
            response = render(request, "generic/job.html#progress", {"job": job_row})
            response["HX-Redirect"] = job_row.result_url
            return response
        return redirect(job_row.result_url)
    template = "generic/job.html#progress" if request.htmx else "generic/job.html"
    return render(request, template, {"job": job_row})


def made_file(request, job):
    """The file that a job made: for whoever asked for it and may still export, for a day."""
    file = get_object_or_404(made_files.of(request.user, request.community), job__uuid=job)
    register = get_register(file.register)
    require(request, register.export_right)
    context = {"file": file, "register": register, "list_url": register.url("list", request.community)}
    if request.method != "POST":
        return render(request, "generic/made_file.html", context)
    try:
        return download(made_files.content_of(file), file.name, file.extension)
    except SecretUnreadable as problem:
        messages.error(request, str(problem))
        return render(request, "generic/made_file.html", context, status=409)

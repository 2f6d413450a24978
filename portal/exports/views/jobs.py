from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from portal.access.views import require
from portal.crypto.vault import SecretUnreadable
from portal.exports import generated_files
from portal.jobs.jobs import jobs_of
from portal.jobs.models import Job
from portal.pages.downloads import download
from portal.registers.registry import get_register


def detail(request, job):
    """Progress of a job, for the user who started it; redirects to the result when it is done."""
    job_row = get_object_or_404(jobs_of(request.user, request.community), uuid=job)
    if job_row.state == Job.State.DONE and job_row.result_url:
        if request.htmx:
            response = render(request, "portal/exports/job.html#progress", {"job": job_row})
            response["HX-Redirect"] = job_row.result_url
            return response
        return redirect(job_row.result_url)
    template = "portal/exports/job.html#progress" if request.htmx else "portal/exports/job.html"
    return render(request, template, {"job": job_row})


def generated_file(request, job):
    """Download of a generated file, for the requester while they may still export, for a day."""
    file = get_object_or_404(generated_files.files_of(request.user, request.community), job__uuid=job)
    register = get_register(file.register)
    require(request, register.export_right)
    context = {"file": file, "register": register, "list_url": register.url("list", request.community)}
    if request.method != "POST":
        return render(request, "portal/exports/file.html", context)
    try:
        return download(file.read_content(), file.name, file.extension)
    except SecretUnreadable as problem:
        messages.error(request, str(problem))
        return render(request, "portal/exports/file.html", context, status=409)

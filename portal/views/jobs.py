from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from portal.jobs import jobs_of
from portal.models import Job
from portal.vault import SecretUnreadable
from portal.views.downloads import download


def detail(request, job):
    """How far a job is. Who asked for it sees it; when it is over the page leads on to the result."""
    found = get_object_or_404(jobs_of(request.user, request.community), uuid=job)
    if found.state == Job.State.DONE and found.result_url:
        if request.htmx:
            response = render(request, "generic/job.html#progress", {"job": found})
            response["HX-Redirect"] = found.result_url
            return response
        return redirect(found.result_url)
    template = "generic/job.html#progress" if request.htmx else "generic/job.html"
    return render(request, template, {"job": found})


def made_file(request, job):
    """The file that a job made: whoever asked for it fetches it, for a day."""
    found = get_object_or_404(jobs_of(request.user, request.community), uuid=job, made_file__size__gt=0)
    file = found.made_file
    if request.method != "POST":
        return render(request, "generic/made_file.html", {"file": file, "job": found})
    try:
        return download(file.read(), file.name, file.extension)
    except SecretUnreadable as problem:
        messages.error(request, str(problem))
        return render(request, "generic/made_file.html", {"file": file, "job": found}, status=409)

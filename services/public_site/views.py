"""Pages of requests for everybody."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from community.objections.slips import slip_of
from community.objections.tracking_codes import code_hash
from community.public_pages.queries import find_community
from portal.audit.access_log import RateLimitExceeded
from portal.forms.idempotency import run_once
from portal.forms.refusals import Refusal, add_refusal
from services.public_site.actions import send_request
from services.public_site.forms import PublicRequestForm
from services.public_site.queries import case_by_code
from services.requests.flood import check_intake, suspicion_of

_WITHOUT_PHOTOS = "-"
"""Mark behind the digest of a request whose photos found no space."""


@login_not_required
def request_create(request, code):
    """Send a request without an account. The tracking code is shown after submission, and never again."""
    community = find_community(code)
    if community is None:
        raise Http404
    if request.method != "POST":
        return _form_page(request, community, PublicRequestForm())
    form = PublicRequestForm(request.POST, request.FILES)
    try:
        check_intake(request, community)
        if not form.is_valid():
            return _form_page(request, community, form, status=422)
        code, result = _take(request, community, form)
    except RateLimitExceeded as problem:
        form.add_error(None, str(problem))
        return _form_page(request, community, form, status=429)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return _form_page(request, community, form, status=422)
    return _receipt(request, community, code, result, _digest(form))


def _take(request, community, form: PublicRequestForm) -> tuple[str, str]:
    """Write a valid request once; its tracking code, and what was written: the digest, and whether photos were left out."""
    data = form.cleaned_data
    token, code = data["ticket"]
    suspicion = suspicion_of(form, request, community)

    def take() -> str:
        fields = {name: data[name] for name in form.shown}
        has_photos = send_request(community=community, code=code, suspicion=suspicion, **fields)
        return _digest(form) if has_photos else f"{_digest(form)}{_WITHOUT_PHOTOS}"

    return code, run_once(token, None, take)


def _digest(form: PublicRequestForm) -> str:
    """Digest of what was typed; photos are chosen anew after a lost connection."""
    typed = [form.cleaned_data[name] for name in form.shown if name != "photos"]
    return hashlib.sha256(repr(typed).encode()).hexdigest()[:16]


def _form_page(request, community, form: PublicRequestForm, status: int = 200):
    context = {
        "place": community,
        "form": form,
        "fields": [form[name] for name in form.shown],
        # Fields of TrapFields that are not hidden by their type.
        "traps": [field for field in form.visible_fields() if field.name not in form.shown],
        "complaint_url": reverse("services:complaint_new", kwargs={"code": community.code}),
    }
    return render(request, "services/public_site/request.html", context, status=status)


def _receipt(request, community, code: str, result: str, digest: str):
    # No redirect: the code would have to be in the URL or be stored.
    context = slip_of(code) | {
        "place": community,
        "is_changed": result.removesuffix(_WITHOUT_PHOTOS) != digest,
        "photos_left_out": result.endswith(_WITHOUT_PHOTOS),
        "row": case_by_code(code_hash(code)).request,
    }
    answer = render(request, "services/public_site/received.html", context)
    answer["Cache-Control"] = "no-store"
    return answer

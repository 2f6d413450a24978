"""Public pages without sign-in, in the database role that reads published rows only."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from community.bulletins import published as bulletin_published
from community.bulletins.models.bulletin import BulletinVersion
from community.bulletins.snapshot import chart_in
from community.bulletins.stored_files import file_in
from community.bulletins.views.context import published_context
from community.bulletins.views.downloads import file_response, pdf_response, photo_response
from community.communities.models import Community
from community.notices.models import PublicNotice
from community.objections.actions import ObjectionError, take_objection
from community.objections.forms import ObjectionForm
from community.objections.tracking_codes import format_code
from community.public_pages import queries
from community.public_pages.forms import ACTS, ActForm, TrackForm
from portal.audit.access_log import RateLimitExceeded, check_rate_limit
from portal.audit.intake_limits import AN_HOUR, IntakeLimits
from portal.audit.visitor import visitor_network
from portal.forms.idempotency import run_once
from portal.forms.refusals import Refusal
from portal.hooks.registry import Hook, call_hooks
from portal.hooks.tracking import TrackedCase
from portal.pages.downloads import svg_response
from portal.published_pages.declaration import published
from portal.retention.data_categories import LEGAL_DUTY, categories

OBJECTIONS = IntakeLimits("objection", network=(20, 60), community=(60, 200), beyond=(10, 200))
"""A community gets a few objections a year; its busiest day is one on which many object to one thing."""
LOOKS_AN_HOUR = 60
"""Rate limit per network, which an office or a whole building may share."""


def _community(code: str) -> Community:
    community = queries.find_community(code)
    if community is None:
        raise Http404
    return community


def _versions(community: Community, month, number: int | None) -> tuple[BulletinVersion, list]:
    """The requested version of a month, by default the newest, and all versions."""
    versions = bulletin_published.versions(community, month)
    chosen = [v for v in versions if number in (None, v.number)]
    if not chosen:
        raise Http404
    return chosen[0], versions


ROBOTS = """User-agent: *
Allow: /$
Allow: /p/
Allow: /static/
Allow: /p/*/requests/new/$
Allow: /track/$
Disallow: /p/*/requests/
Disallow: /p/*/complaints/
Disallow: /p/*/notices/
Disallow: /p/*/venues/*/request/
Disallow: /
"""
"""What search engines may read: published pages, and where a resident begins a request or follows one.

No other forms, no page of a tracking code, nothing behind the sign-in.
"""


@published()
@login_not_required
def robots(request):
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


@published()
@login_not_required
def front(request):
    """Front page: communities by street office, each with its latest bulletin."""
    newest = queries.newest_bulletins()
    streets = [
        (street, [(community, newest.get(community.id)) for community in street.listed])
        for street in queries.streets()
    ]
    return render(request, "community/public_pages/front.html", {"streets": streets})


@published()
@login_not_required
def community_front(request, code):
    """A community's front page: what a resident comes for, its newest bulletin, and when and where the office is open."""
    community = _community(code)
    newest = queries.newest_bulletin(community)
    context = {
        "place": community,
        "tiles": sorted(call_hooks(Hook.PUBLIC_TILES, community), key=lambda tile: tile.order),
        "newest": newest,
        "is_on_notice": newest is not None and newest.notice.is_open(timezone.localdate()),
        "hours": queries.service_hours(community),
    }
    return render(request, "community/public_pages/community.html", context)


@login_not_required
def profile(request, code):
    """A community's profile (社区概况)."""
    community = _community(code)
    context = {"place": community, "profile": queries.profile(community)}
    return render(request, "community/public_pages/profile.html", context)


@published()
@login_not_required
def privacy(request, code):
    """Privacy page: data categories with purpose and retention, as declared; no personal rows are read."""
    context = {"place": _community(code), "kinds": categories(), "legal_duty": LEGAL_DUTY}
    return render(request, "community/public_pages/privacy.html", context)


@published(reads=("year",))
@login_not_required
def disclosure_list(request, code):
    """Bulletin archive of a community by year; `?year=` shows one year."""
    community = _community(code)
    years: dict[int, list] = {}
    for (_, month), published_month in bulletin_published.published_months([community]).items():
        years.setdefault(month.year, []).append((month, published_month))
    chosen = request.GET.get("year", "")
    shown_years = {year: months for year, months in years.items() if chosen in ("", str(year))}
    context = {"place": community, "years": shown_years, "all_years": list(years), "chosen": chosen}
    return render(request, "community/public_pages/archive.html", context)


@published()
@login_not_required
def disclosure(request, code, month, number=None):
    """A month's bulletin in its newest or the requested version, with a list of versions."""
    community = _community(code)
    version, versions = _versions(community, month, number)
    return render(
        request,
        "community/public_pages/disclosure.html",
        {
            "place": community,
            "version": version,
            "versions": versions,
            "newest": versions[0],
            **published_context(version, code),
            "is_on_notice": versions[0].notice.is_open(timezone.localdate()),
            "answers": queries.answers_to(community, versions),
        },
    )


@published()
@login_not_required
def disclosure_print(request, code, month, number=None):
    """PDF of the newest or the requested version."""
    version, _ = _versions(_community(code), month, number)
    return pdf_response(version)


@login_not_required
def objection_create(request, code, notice):
    """Object to a public notice, without an account. The tracking code is shown after submission."""
    community = _community(code)
    posted = queries.find_notice(community, notice)
    if posted is None:
        raise Http404
    if request.method != "POST":
        return _objection_page(request, community, posted, ObjectionForm())
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return _objection_page(request, community, posted, form, status=422)
    data = form.cleaned_data
    token, tracking_code = data["ticket"]

    def take() -> str:
        take_objection(
            notice=posted,
            text=data["text"],
            name=data["name"],
            contact=data["contact"],
            code=tracking_code,
        )
        return request.path

    try:
        OBJECTIONS.count(request, community.id)
        run_once(token, None, take)
    except (ObjectionError, RateLimitExceeded) as problem:
        form.add_error(None, str(problem))
        status = 429 if isinstance(problem, RateLimitExceeded) else 409
        return _objection_page(request, community, posted, form, status=status)
    # No redirect: the code would have to be in the URL or be stored.
    context = {"place": community, "notice": posted, "code": format_code(tracking_code)}
    answer = render(request, "community/public_pages/objection_received.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _objection_page(request, community: Community, notice: PublicNotice, form, status: int = 200):
    context = {
        "place": community,
        "notice": notice,
        "is_open": notice.is_open(timezone.localdate()),
        "form": form,
    }
    return render(request, "community/public_pages/objection.html", context, status=status)


@login_not_required
def track(request):
    """What a tracking code opens, and what its holder may do with it.

    The code is sent by POST to keep it out of URLs and logs; a wrong and an expired one are answered alike.
    """
    form = TrackForm(request.POST or None)
    if request.method != "POST":
        return _track_page(request, form)
    if not form.is_valid():
        return _track_page(request, form, status=422)
    try:
        check_rate_limit("track", visitor_network(request), limit=LOOKS_AN_HOUR, window=AN_HOUR)
    except RateLimitExceeded as problem:
        form.add_error(None, str(problem))
        return _track_page(request, form, status=429)
    found = queries.find_tracked(form.cleaned_data["code"])
    if found is None:
        form.add_error("code", "没有找到这个查询码，或已经过期。请核对后重新填写。")
        return _track_page(request, form, status=404)
    if "act" not in request.POST:
        return _case_page(request, *found)
    return _act(request, *found)


def _act(request, code: str, case: TrackedCase):
    """Take what the holder of the code sent, once, and show the case as it is afterwards."""
    form = ActForm(request.POST)
    if not form.is_valid():
        return _case_page(request, code, case, form, status=422)
    data = form.cleaned_data

    def take() -> str:
        if case.take is None or data["act"] not in case.acts:
            raise Refusal(f"现在是“{case.state}”，不能再提交这一项")
        case.take(data["act"], data["text"])
        return request.path

    try:
        run_once(data["token"], None, take)
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return _case_page(request, *(queries.find_tracked(code) or (code, case)), form, status=409)
    now = queries.find_tracked(code) or (code, case)
    return _case_page(request, *now, done=f"已提交：{ACTS[data['act']]}。")


def _track_page(request, form: TrackForm, status: int = 200):
    return render(request, "community/public_pages/track.html", {"form": form, "case": None}, status=status)


def _case_page(request, code: str, case: TrackedCase, form: ActForm | None = None, done="", status=200):
    """The case of a code. `form`: an act that was refused, shown again with its words."""
    refused, text = (form.data.get("act"), form.data.get("text", "")) if form else ("", "")
    context = {
        "case": case,
        "code": code,
        "done": done,
        "problems": [error for errors in form.errors.values() for error in errors] if form else [],
        "acts": [
            {"act": act, "label": label, "is_open": act == refused, "text": text if act == refused else ""}
            for act, label in ACTS.items()
            if act in case.acts
        ],
        "token": uuid.uuid4(),
        "form": None,
    }
    answer = render(request, "community/public_pages/track.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


@published()
@login_not_required
def disclosure_chart(request, code, month, number, chart):
    """Chart of a published version, as SVG."""
    version, _ = _versions(_community(code), month, number)
    drawing = chart_in(version.snapshot, chart)
    if drawing is None:
        raise Http404
    return svg_response(drawing["svg"])


@published()
@login_not_required
def disclosure_file(request, code, month, number, file):
    """File of a published version."""
    version, _ = _versions(_community(code), month, number)
    row = file_in(version.snapshot, str(file))
    if row is None:
        raise Http404
    return file_response(row)


@published()
@login_not_required
def disclosure_photo(request, code, month, photo):
    """Photo of a board on which the month's bulletin is posted."""
    row = queries.photo(_community(code), month, photo)
    if row is None:
        raise Http404
    return photo_response(row)

"""The walker detects each fault on a page made for it, and none on a sound page."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client
from django.urls import path
from django.utils.html import escape

from community.communities.models import Street
from portal.urls import urlpatterns as portal_urls
from tests import walker
from tests.walker import Walk, forms_of, invalid_submissions, parse, recorded_parameters

pytestmark = [pytest.mark.django_db, pytest.mark.logs_errors, pytest.mark.urls(__name__)]

SENTENCE = '<div class="invalid-feedback">请填写姓名。</div>'


def page(value="", sentence="", outside="", status=200) -> HttpResponse:
    form = f'<form method="post"><div><input name="name" value="{escape(value)}">{sentence}</div></form>'
    return HttpResponse(f"<html><body>{form}{outside}</body></html>", status=status)


def good(request):
    typed = request.POST.get("name", "")
    return page(typed, SENTENCE, status=422)


def error(request):
    return 1 / 0


def error_on_junk(request):
    return good(request) if request.POST.get("name", "").isprintable() else error(request)


def status_of_success(request):
    return page(request.POST.get("name", ""), SENTENCE)


def forgets(request):
    return page("", SENTENCE, status=422)


def silent(request):
    return page(request.POST.get("name", ""), status=422)


def sentence_beside_the_form(request):
    return page(request.POST.get("name", ""), outside=SENTENCE, status=422)


def stores(request):
    Street.objects.create(code=str(Street.objects.count()), name="半条街")
    return good(request)


def takes_back(request):
    street = Street.objects.create(code="1", name="半条街")
    street.delete()
    return good(request)


def leads_away(request):
    return HttpResponseRedirect("/")


FAULTS = {
    error: "500: ZeroDivisionError",
    error_on_junk: "500: ZeroDivisionError",
    status_of_success: "200 with a sentence at a field",
    forgets: "422 and lost what was typed: ['name']",
    silent: "422 without a sentence",
    sentence_beside_the_form: "422 without a sentence",
    stores: "422 and changed ['community_street']",
    leads_away: "302 to nothing stored, what was typed is lost",
}
SOUND = (good, takes_back)


@login_not_required
def fake(request, name):
    view = next(view for view in (*FAULTS, *SOUND) if view.__name__ == name)
    return view(request) if request.method == "POST" else page()


@login_not_required
def reads(request, name):
    """A page that is only looked at, and what goes wrong when it is asked for something."""
    day = request.GET.get("day", "")
    if name == "breaks" and day:
        int(day)
    if name == "stores":
        Street.objects.create(code="1", name="半条街")
    return page()


urlpatterns = [
    path("accounts/fake/<str:name>/", fake),
    path("accounts/reads/<str:name>/", reads),
    *portal_urls,
]


def walked(url: str) -> Walk:
    walk = Walk(Client(raise_request_exception=False))
    walk.open(url)
    walk.query(url)
    walk.send()
    return walk


@pytest.mark.parametrize("view", FAULTS, ids=lambda view: view.__name__)
def test_each_fault_is_detected(view):
    faults = walked(f"/accounts/fake/{view.__name__}/").faults
    assert any(FAULTS[view] in fault for fault in faults), faults


@pytest.mark.parametrize("view", SOUND, ids=lambda view: view.__name__)
def test_a_sound_form_has_no_fault(view):
    walk = walked(f"/accounts/fake/{view.__name__}/")
    assert walk.faults == []
    assert walk.statuses[422] == len(list(invalid_submissions(next(iter(walk.forms.values())))))


@pytest.mark.parametrize(
    ("name", "fault"), [("breaks", "ValueError"), ("stores", "changed ['community_street']")]
)
def test_get_that_fails_or_writes_is_detected(name, fault):
    faults = walked(f"/accounts/reads/{name}/").faults
    assert any(fault in message for message in faults), faults
    assert all(message.startswith("GET") for message in faults if "ValueError" in message)


def test_query_parameters_are_observed():
    with recorded_parameters() as names:
        Client().get("/accounts/reads/quiet/")
    assert names == {"day"}


def test_requests_are_rolled_back(no_house):
    walked("/accounts/fake/stores/")
    assert not Street.objects.exists()


def test_fields_of_all_kinds_are_filled():
    document = parse(
        HttpResponse(
            '<form method="post" action="/there/"><input type="hidden" name="token" value="t">'
            '<input name="name"><input type="date" name="on"><textarea name="text"></textarea>'
            '<select name="kind"><option value="">-</option><option value="a">A</option></select>'
            '<button name="step" value="next"></button></form>'
        )
    )
    form = forms_of(document, "/here/")[0]
    assert form.url == "/there/"
    submissions = list(invalid_submissions(form))
    assert [data["kind"] for _, data in submissions if "kind" in data].count("a") > 0
    assert {data["token"] for _, data in submissions} == {"t", walker.JUNK}
    assert {data["step"] for _, data in submissions} == {"next"}
    kinds = {data[name] for _, data in submissions for name in ("name", "on", "text")}
    assert {walker.EMPTY, walker.JUNK, walker.LONG, walker.WIDE, walker.NUL} <= kinds


def test_nightly_walk_sends_every_kind_to_every_field():
    form = walker.Form("/", "post", [walker.Control("name", "text"), walker.Control("on", "date")])
    alone = [data for word, data in invalid_submissions(form, thorough=True) if "alone" in word]
    assert len(alone) == 2 * len(walker.RIGHTS_BY_TASK)

"""Published pages: rendered once for everybody, and anew when something public or the date changes."""

import gzip

import brotli
import pytest
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages import info
from django.db import connection, transaction
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test.utils import CaptureQueriesContext
from django.urls import path, resolve

from portal.access.db_scope import PUBLIC
from portal.published_pages import changes
from portal.published_pages.declaration import published
from portal.published_pages.store import STORE
from portal.urls import handler400, handler403, handler404, handler500  # noqa: F401 - of this test's own addresses
from portal.urls import urlpatterns as portal_urls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored_pages")]
PAGE = "/p/kuocang/"
BULLETIN = "/p/kuocang/bulletins/2026-10/"


def queries_of(client, address: str, **headers) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address, **headers).status_code == 200
    return len(captured)


@pytest.fixture
def another_connection():
    """A connection that commits for itself, outside of the test's transaction."""
    other = connection.copy()
    yield other
    other.close()


# Once


def test_a_page_is_rendered_once(house, client, monkeypatch):
    monkeypatch.setattr(changes, "CHECK_SECONDS", 60)
    assert queries_of(client, PAGE) > 1
    first = client.get(PAGE)
    assert queries_of(client, PAGE) == 0
    assert client.get(PAGE).content == first.content
    assert "括苍社区" in first.content.decode()


def test_marks_are_read_once_a_while(house, client, monkeypatch):
    monkeypatch.setattr(changes, "CHECK_SECONDS", 60)
    client.get(PAGE)
    changes._known.read_at -= 61
    assert queries_of(client, PAGE) == 1


def test_whoever_has_the_page_gets_304(house, client):
    first = client.get(PAGE, HTTP_ACCEPT_ENCODING="gzip, br")
    assert first["ETag"].startswith('"')
    for known in (first["ETag"], f"W/{first['ETag']}", f'"other", {first["ETag"]}', "*"):
        again = client.get(PAGE, HTTP_ACCEPT_ENCODING="gzip, br", HTTP_IF_NONE_MATCH=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again["Vary"] == "Accept-Encoding"
        assert again["Cache-Control"] == "public, no-cache"
    assert again["ETag"]
    assert client.get(PAGE, HTTP_IF_NONE_MATCH='"other"').status_code == 200


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, *", "gzip", gzip.decompress),
        ("gzip;q=0.0", None, bytes),
        ("br;q=junk", None, bytes),
        ("", None, bytes),
    ],
)
def test_each_accepts_what_it_can_read(house, client, accepted, encoding, unpack):
    plain = client.get(PAGE)
    page = client.get(PAGE, HTTP_ACCEPT_ENCODING=accepted)
    assert page.headers.get("Content-Encoding") == encoding
    assert unpack(page.content) == plain.content
    assert int(page["Content-Length"]) == len(page.content)
    assert page["Vary"] == "Accept-Encoding"
    assert (page["ETag"] == plain["ETag"]) == (encoding is None)


def test_headers_of_a_stored_page_are_those_of_a_rendered_one(house, client, monkeypatch):
    stored_one = [client.get(PAGE) for _ in range(2)][1]
    monkeypatch.setattr(STORE, "memory", 0)
    rendered = client.get("/p/kuocang/bulletins/?year=2025")
    own = {"Vary", "ETag", "Cache-Control", "Content-Length"}
    assert {name: stored_one[name] for name in rendered.headers.keys() - own} == {
        name: rendered[name] for name in rendered.headers.keys() - own
    }
    assert "default-src 'none'" in stored_one["Content-Security-Policy"]
    assert stored_one["X-Frame-Options"] == "DENY"


def test_head_has_the_headers_and_no_page(house, client):
    page, head = client.get(PAGE), client.head(PAGE)
    assert head.content == b""
    assert head.headers == page.headers
    STORE.clear()
    assert client.head(PAGE).headers == page.headers


# What changes


@pytest.mark.parametrize("table", changes.public_tables())
def test_a_change_in_another_connection_is_seen(house, client, another_connection, table):
    tag = client.get("/")["ETag"]
    assert queries_of(client, "/") == 1
    with another_connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{table}" SET id = id WHERE false')
    assert queries_of(client, "/") > 1
    assert queries_of(client, "/") == 1
    assert client.get("/")["ETag"] == tag


def test_a_change_is_seen_when_it_is_committed(house, client, another_connection):
    client.get("/")
    before = changes.public_state()
    with transaction.atomic(using="default"), another_connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE community_street SET name = name WHERE false")
        assert changes.public_state() == before
        cursor.execute("COMMIT")
    after = changes.public_state()
    assert after != before


def test_two_who_change_at_once_do_not_wait(house, another_connection):
    """The first one's mark is seen although it commits last."""
    third = connection.copy()
    with another_connection.cursor() as slow, third.cursor() as quick:
        slow.execute("BEGIN")
        slow.execute("UPDATE community_street SET name = name WHERE false")
        quick.execute("SET lock_timeout = '1s'")
        quick.execute("UPDATE community_street SET name = name WHERE false")
        between = changes.public_state()
        slow.execute("COMMIT")
    third.close()
    assert changes.public_state() != between


def test_what_is_rolled_back_changes_nothing(house, client, another_connection):
    before = changes.public_state()
    with another_connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE community_street SET name = name WHERE false")
        cursor.execute("ROLLBACK")
    assert changes.public_state() == before


def test_every_table_that_the_public_reads_is_watched():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname IS NOT NULL FROM pg_class c"
            " LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = 'mark_public_change'"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')"
            " AND (has_table_privilege(%s, c.oid, 'SELECT') OR has_any_column_privilege(%s, c.oid, 'SELECT'))",
            [PUBLIC, PUBLIC],
        )
        unwatched = {table for table, is_watched in cursor.fetchall() if not is_watched}
    # Of visitors, or numbers of deadlines for forms; on no published page.
    assert unwatched == {"django_session", "portal_submission", "community_datedrule"}


# For everybody


def test_who_is_signed_in_sees_the_same_page(house, cast, client):
    anonymous = client.get(PAGE).content
    client.force_login(cast["staff"])
    assert client.get(PAGE).content == anonymous
    STORE.clear()
    answer = client.get(PAGE)
    assert answer.content == anonymous
    assert not answer.cookies
    client.logout()
    assert client.get(PAGE).content == anonymous


def test_a_message_waits_for_a_page_of_the_reader(house, cast, client):
    client.force_login(cast["staff"])
    answer = client.post("/accounts/logout/", follow=True)
    assert "已退出登录" in answer.content.decode()
    client.force_login(cast["staff"])
    client.post("/accounts/logout/")
    assert "已退出登录" not in client.get("/").content.decode()
    assert "已退出登录" in client.get("/accounts/login/").content.decode()


def test_what_is_not_there_is_not_stored(house, client):
    for address in ("/p/nowhere/", BULLETIN, "/p/kuocang/junk/", "/p/kuocang"):
        client.get(address)
    assert len(STORE) == 0


def test_a_community_that_comes_later_is_found(house, client):
    assert client.get("/p/later/").status_code == 404
    type(house.kuocang).objects.create(code="later", name="后来社区", street=house.kuocang.street)
    assert client.get("/p/later/").status_code == 200
    assert "后来社区" in client.get("/").content.decode()


def test_parameters_that_a_view_does_not_read_change_nothing(house, client):
    client.get(PAGE)
    assert queries_of(client, f"{PAGE}?from=singlemessage&isappinstalled=0") == 1
    assert len(STORE) == 1


@pytest.mark.logs_errors
def test_another_site_s_name_is_refused(house, client):
    client.get(PAGE)
    assert client.get(PAGE, HTTP_HOST="evil.example").status_code == 400


def test_a_posted_form_goes_to_the_view(house, client):
    client.get("/")
    assert client.post("/", {"a": "b"}).status_code == 200
    assert len(STORE) == 1


def test_every_published_page_may_be_stored(addresses, client):
    """None has a token, cookie or message; such a page would log an error, and be rendered each time."""
    declared = [(name, url) for name, _, url in addresses if hasattr(resolve(url).func, "published")]
    assert {name for name, _ in declared} >= {
        "community:front",
        "community:profile_detail",
        "community:disclosure_detail",
        "community:disclosure_print",
    }
    for _, url in declared:
        assert client.get(url).status_code in (200, 404)
    assert "/" in STORE._pages
    assert PAGE in STORE._pages


# What is of one visitor


@published()
@login_not_required
def with_token(request):
    return HttpResponse(get_token(request))


@published()
@login_not_required
def with_cookie(request):
    answer = HttpResponse("page")
    answer.set_cookie("a", "b")
    return answer


@published()
@login_not_required
def with_message(request):
    info(request, "办好了")
    return HttpResponse("page")


@published()
@login_not_required
def with_session(request):
    request.session["a"] = "b"
    return HttpResponse("page")


@published()
@login_not_required
def with_nonce(request):
    return HttpResponse(f"<script nonce={request.csp_nonce}></script>")


@published()
@login_not_required
def failing(request):
    return HttpResponse("page", status=503)


@published()
@login_not_required
def kept_private(request):
    return HttpResponse("page", headers={"Cache-Control": "no-store"})


@published()
@login_not_required
def told(request):
    """What reaches the view of whoever asked."""
    headers = " ".join(f"{name}={value}" for name, value in sorted(request.headers.items()))
    return HttpResponse(
        f"{request.user} {request.COOKIES} {request.GET} {request.META['REMOTE_ADDR']} {headers}"
    )


urlpatterns = [
    path("token/", with_token),
    path("cookie/", with_cookie),
    path("message/", with_message),
    path("session/", with_session),
    path("nonce/", with_nonce),
    path("failing/", failing),
    path("private/", kept_private),
    path("told/", told),
    *portal_urls,
]


@pytest.mark.logs_errors
@pytest.mark.urls(__name__)
@pytest.mark.parametrize("what", ["token", "cookie", "message", "session", "nonce"])
def test_what_is_of_one_visitor_is_not_stored(client, caplog, what):
    answer = client.get(f"/{what}/")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert len(STORE) == 0
    assert f"/{what}/ is declared as published, and is not stored" in caplog.text


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("what", "status"), [("failing", 503), ("private", 200)])
@pytest.mark.logs_errors
def test_errors_and_what_says_so_are_not_stored(client, what, status):
    assert client.get(f"/{what}/").status_code == status
    assert len(STORE) == 0


@pytest.mark.urls(__name__)
def test_a_view_learns_nothing_of_who_asks(cast, client):
    client.force_login(cast["staff"])
    page = client.get(
        "/told/?a=junk",
        headers={
            "user-agent": "junk",
            "accept-language": "junk",
            "x-forwarded-for": "10.1.2.3",
            "hx-request": "true",
        },
    )
    text = page.content.decode()
    assert "junk" not in text
    assert text.startswith("AnonymousUser {} <QueryDict: {}>  ")
    assert "Hx-Request" not in text
    assert "testserver" not in text

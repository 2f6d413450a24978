"""Serving published pages: rendered once, compressed once, and answered before session and scope are opened."""

import logging
from io import BytesIO

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse, HttpResponseNotModified, QueryDict

from portal.pages.absolute_urls import own_address
from portal.published_pages.changes import public_state
from portal.published_pages.declaration import Published, declaration_of
from portal.published_pages.encodings import best_encoding
from portal.published_pages.store import IDENTITY, STORE, StoredPage

logger = logging.getLogger(__name__)


class PublishedPagesMiddleware:
    """Answer a page declared with `@published` from the store.

    It is rendered in the name of nobody: by a request that has the path and no cookie, parameter, header or address
    of whoever asked. So nothing of one visitor can stand in what another one gets. Its place is behind the redirect to HTTPS, and
    before everything whose headers are stored with the page.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not _is_plain(request):
            return self.get_response(request)
        page = STORE.get(request.path_info)
        declared = page.declared if page else declaration_of(request.path_info)
        if declared is None or _reads_query(request, declared):
            return self.get_response(request)
        request.get_host()  # refuses the names of other sites, as CommonMiddleware does
        state = public_state()
        if page is None or page.state != state:
            nobody = _asked_by_nobody(request)
            response = self.get_response(nobody)
            if not _may_be_stored(nobody, response):
                return response
            page = StoredPage.of(response, declared, state)
            STORE.put(request.path_info, page)
        return _answer(request, page)


def _is_plain(request) -> bool:
    """Whether the request only asks to read, and has nothing with it that would have to be read first."""
    meta = request.META
    return (
        request.method in ("GET", "HEAD")
        and meta.get("CONTENT_LENGTH") in (None, "", "0")
        and "HTTP_TRANSFER_ENCODING" not in meta
        and not meta.get("SCRIPT_NAME")  # would stand in every link of the page
    )


def _reads_query(request, declared: Published) -> bool:
    query = request.META["QUERY_STRING"]
    return bool(query and declared.reads) and not declared.reads.isdisjoint(QueryDict(query))


def _asked_by_nobody(request) -> WSGIRequest:
    """A request for the same path by somebody of whom nothing is known, at the portal's own address."""
    own = own_address()
    nobody = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": request.META["PATH_INFO"],
            "QUERY_STRING": "",
            "REMOTE_ADDR": "",
            "SERVER_NAME": own.hostname,
            "SERVER_PORT": str(own.port or (443 if own.scheme == "https" else 80)),
            "HTTP_HOST": own.netloc,
            "wsgi.url_scheme": own.scheme,
            "wsgi.input": BytesIO(),
        }
    )
    nobody.id = request.id
    return nobody


def _may_be_stored(nobody: WSGIRequest, response: HttpResponse) -> bool:
    """Whether a rendered page may be given to everybody. Something of one visitor in it is a mistake of the view, and is logged."""
    if response.status_code != 200 or response.streaming:
        return False
    if "no-store" in response.headers.get("Cache-Control", ""):
        return False
    if found := _personal(nobody, response):
        logger.error("%s is declared as published, and is not stored: it has %s", nobody.path_info, found)
        response["Cache-Control"] = "no-store"
        return False
    return True


def _personal(nobody: WSGIRequest, response: HttpResponse) -> str:
    """What in a page is meant for one visitor; empty if nothing is."""
    if response.cookies:
        return "a cookie"
    if "CSRF_COOKIE" in nobody.META:  # set when a token is made
        return "a token"
    if len(getattr(nobody, "_messages", ())):
        return "a message"
    if getattr(nobody, "_csp_nonce", None):
        return "a nonce"
    return ""


def _answer(request, page: StoredPage) -> HttpResponse:
    """The page in the best encoding that the request accepts, or 304 to whoever has it in any."""
    encoding = best_encoding(request.META.get("HTTP_ACCEPT_ENCODING", ""), page.bodies)
    of_encoding = {"ETag": page.tag(encoding), "Vary": "Accept-Encoding", "Cache-Control": "public, no-cache"}
    if known := page.known_tag(request.META.get("HTTP_IF_NONE_MATCH", "")):
        return HttpResponseNotModified(headers={**of_encoding, "ETag": known})
    body = page.body(encoding)
    if encoding != IDENTITY:
        of_encoding["Content-Encoding"] = encoding
    of_encoding["Content-Length"] = str(len(body))
    return HttpResponse(b"" if request.method == "HEAD" else body, headers={**page.headers, **of_encoding})

"""Middleware of the menu: what a user has opened."""

from portal.menu.own_links import key_of, links_of, record_opened


class RecentPagesMiddleware:
    """Record the page or row that was opened, in the scope of the request; at most one write.

    The frame of the page has read the user's links already, for the pin (`portal.menu.frame`).
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if key := _opened(request, response):
            links = getattr(request, "own_links", None) or links_of(request.user.pk, request.community)
            record_opened(links, key)
        return response


def _opened(request, response) -> str:
    """Key of the page that the user now sees; empty for parts of a page, files, refusals and acts."""
    is_page = request.method == "GET" and response.status_code == 200 and not request.htmx
    if not is_page or request.community is None or response.streaming:
        return ""
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return ""
    match = request.resolver_match
    return key_of(match.view_name, match.kwargs, request.community.code)

"""Page of a user's pins and recently opened things, and the button that pins a page."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.form_pages.pages import ActionPage
from portal.menu.own_links import links_of, resolve, set_pin


@require_GET
def own_links(request):
    """Pins and the last things opened, as a page, or as the part that the page head opens."""
    links = links_of(request.user.pk, request.community)
    found = resolve({*links.pins, *links.recent}, request.access, request.community)
    context = {
        "pins": [found[key] for key in links.pins if key in found],
        "recent": [found[key] for key in links.recent if key in found],
    }
    template = "portal/menu/own_links.html"
    return render(request, f"{template}#links" if request.htmx else template, context)


class PinPage(ActionPage):
    """Pin a page or row, or unpin it; then back to it."""

    permission = None

    def load(self):
        self.back = self.request.community.url("portal:own_links")
        key = self.request.POST.get("key", "")
        self.link = resolve([key], self.request.access, self.request.community).get(key)
        if self.link:
            self.back = self.link.url

    def perform(self) -> str:
        if self.link is None:
            raise Http404
        pinned = self.request.POST.get("pinned") == "1"
        set_pin(self.link.key, pinned=pinned, access=self.request.access, community=self.request.community)
        self.message = "已收藏，在页头“最近”中可以打开。" if pinned else "已取消收藏。"
        return self.back

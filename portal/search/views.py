"""Global search in the page head, over everything that the hook SEARCH returns: a page, and a box that answers while typing."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render

from portal.forms.forms import PlainForm
from portal.hooks.registry import Hook, call_hooks
from portal.hooks.search import ID_NUMBER_NOT_IN_URL, SearchResults
from portal.menu.own_links import links_of, resolve
from portal.registers.search_words import SearchWords

TOO_LONG = "一次最多输入 100 个字。"
SHOWN_IN_BOX = 5
"""Rows of one kind in the box; the rest are on the page."""


class SearchForm(PlainForm):
    q = forms.CharField(max_length=100)


def search(request):
    """Search the community of the page, or below `/home/` all of the user's communities.

    The form posts. Ordinary words are redirected to a GET URL, which can be bookmarked; a search with a secret is
    answered directly and its words appear in no URL. What alone is found is opened. The box posts as well, while
    somebody types.
    """
    form = SearchForm(request.POST if request.method == "POST" else request.GET)
    if request.method == "POST" and request.htmx:
        return _box(request, form)
    if not form.is_valid():
        return _page(request, sentence=TOO_LONG if form.has_error("q", "max_length") else "")
    words = form.cleaned_data["q"]
    secret = next(call_hooks(Hook.ID_NUMBER_SEARCH, words), None)
    if request.method == "POST":
        if secret:
            return _answer_secret(request, secret)
        return redirect(f"{request.path}?{urlencode({'q': words})}")
    if secret:
        messages.warning(request, ID_NUMBER_NOT_IN_URL)
        return redirect(request.path)
    sections = _sections(request, words)
    return _open_single(sections) or _page(request, words=words, sections=sections)


def _places(request) -> list:
    return [request.community] if request.community else list(request.access.communities)


def _sections(request, words: str) -> list:
    """Each community with its results, without empty ones."""
    sections = [(place, _results(request, place, words)) for place in _places(request)]
    return [(place, groups) for place, groups in sections if groups]


def _results(request, place, text: str) -> list[SearchResults]:
    """Search results in one community: acts and pages by their names, then rows in the order of the nouns."""
    if not text.strip():
        return []
    words = SearchWords.read(text, place)
    groups = call_hooks(Hook.SEARCH, request.access, place, words)
    return sorted(groups, key=lambda group: group.order)


def _open_single(sections: list):
    """Redirect to what alone is found; None for nothing and for several."""
    groups = [group for _, groups in sections for group in groups]
    return redirect(groups[0].rows[0][0]) if [group.count for group in groups] == [1] else None


def _answer_secret(request, secret):
    places = _places(request)
    answer = secret.find(request.access, places, request.id)
    sections = [
        (
            place,
            [each for where, each in answer.results if where == place]
            + _results(request, place, secret.ordinary),
        )
        for place in places
    ]
    if not answer.sentence and (opened := _open_single(sections)):
        return opened
    return _page(request, sections=sections, sentence=answer.sentence, secret=True)


def _page(request, **context):
    sections = [(place, groups) for place, groups in context.pop("sections", ()) if groups]
    is_answer = "words" in context or "secret" in context
    return render(request, "portal/search/search.html", {"sections": sections, "asked": is_answer, **context})


# The box


def _box(request, form: SearchForm):
    """What the box lists for the words so far; without words, the user's pins and the last things opened.

    A secret is looked up when it is sent, not with every digit: each look-up is counted and logged.
    """
    context = {
        "shown": SHOWN_IN_BOX,
        "sections": [],
        "own": [],
        "sentence": "",
        "is_secret": False,
        "asked": False,
    }
    if not form.is_valid():
        is_long = form.has_error("q", "max_length")
        return _render_box(request, context | ({"sentence": TOO_LONG} if is_long else {"own": _own(request)}))
    words = form.cleaned_data["q"]
    if next(call_hooks(Hook.ID_NUMBER_SEARCH, words), None):
        return _render_box(request, context | {"is_secret": True})
    return _render_box(request, context | {"sections": _sections(request, words), "asked": True})


def _render_box(request, context: dict):
    return render(request, "portal/search/box.html", context)


def _own(request) -> list[tuple[str, list]]:
    """Pins and recent things of the page's community, each with its title."""
    if request.community is None:
        return []
    links = links_of(request.user.pk, request.community)
    found = resolve({*links.pins, *links.recent}, request.access, request.community)
    groups = [
        ("收藏", [found[key] for key in links.pins if key in found]),
        ("最近打开", [found[key] for key in links.recent if key in found and key not in links.pins]),
    ]
    return [(title, lines) for title, lines in groups if lines]

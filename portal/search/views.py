"""Global search in the page head, over everything that the hook SEARCH returns."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render

from portal.forms.forms import PlainForm
from portal.hooks.registry import Hook, call_hooks
from portal.hooks.search import ID_NUMBER_NOT_IN_URL
from portal.registers.search_words import SearchWords


class SearchForm(PlainForm):
    q = forms.CharField(max_length=100)


def search(request):
    """Search the community of the page, or below `/home/` all of the user's communities.

    The form posts. Ordinary words are redirected to a GET URL, which can be bookmarked; a search with a secret is
    answered directly and its words appear in no URL.
    """
    form = SearchForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        too_long = "一次最多输入 100 个字。" if form.has_error("q", "max_length") else ""
        return _page(request, sentence=too_long)
    words = form.cleaned_data["q"]
    secret = next(call_hooks(Hook.ID_NUMBER_SEARCH, words), None)
    if request.method == "POST":
        if secret:
            return _answer_secret(request, secret)
        return redirect(f"{request.path}?{urlencode({'q': words})}")
    if secret:
        messages.warning(request, ID_NUMBER_NOT_IN_URL)
        return redirect(request.path)
    return _page(
        request,
        words=words,
        sections=[(place, _results(request, place, words)) for place in _places(request)],
    )


def _places(request) -> list:
    return [request.community] if request.community else list(request.access.communities)


def _results(request, place, text: str) -> list:
    """Search results in one community: pages by their names, then rows in the order of the nouns."""
    if not text.strip():
        return []
    words = SearchWords.read(text, place)
    groups = call_hooks(Hook.SEARCH, request.access, place, words)
    return sorted(groups, key=lambda group: group.order)


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
    return _page(request, sections=sections, sentence=answer.sentence, secret=True)


def _page(request, **context):
    sections = [(place, groups) for place, groups in context.pop("sections", ()) if groups]
    is_answer = "words" in context or "secret" in context
    return render(request, "portal/search/search.html", {"sections": sections, "asked": is_answer, **context})

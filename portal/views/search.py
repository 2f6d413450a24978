"""The search of the page head: one box over every noun that an app offers to find."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render

from portal.forms import PlainForm
from portal.offers import Kind, answers
from portal.search_words import SearchWords

NOT_IN_ADDRESS = "证件号码不能写在网址里，请在页头的查找框中输入。"


def names_secret(words: str) -> bool:
    """Whether the words are a secret and nothing else; digits that may as well be of a room are not."""
    return any(not secret.ordinary for secret in answers(Kind.SENSITIVE, words))


class SearchForm(PlainForm):
    q = forms.CharField(max_length=100)


def search(request):
    """Look in the community of the page, or below `/home/` in all of the user's.

    The box posts: what may stand in an address is then asked again by GET, so that the page can be kept and
    gone back to; words that name a secret are answered at once and stand nowhere.
    """
    form = SearchForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        too_long = "一次最多输入 100 个字。" if form.has_error("q", "max_length") else ""
        return _page(request, sentence=too_long)
    words = form.cleaned_data["q"]
    secret = next(answers(Kind.SENSITIVE, words), None)
    if request.method == "POST":
        if secret:
            return _answer_secret(request, secret)
        return redirect(f"{request.path}?{urlencode({'q': words})}")
    if secret:
        messages.warning(request, NOT_IN_ADDRESS)
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
    groups = answers(Kind.FIND, request.access, place, words)
    return sorted(groups, key=lambda group: group.order)


def _answer_secret(request, secret):
    places = _places(request)
    answer = secret.find(request.access, places, request.id)
    sections = [
        (
            place,
            [each for where, each in answer.found if where == place]
            + _results(request, place, secret.ordinary),
        )
        for place in places
    ]
    return _page(request, sections=sections, sentence=answer.sentence, secret=True)


def _page(request, **context):
    sections = [(place, groups) for place, groups in context.pop("sections", ()) if groups]
    is_answer = "words" in context or "secret" in context
    return render(request, "generic/search.html", {"sections": sections, "asked": is_answer, **context})

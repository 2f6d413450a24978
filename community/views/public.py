"""Pages for everybody, without signing in. They run in the database role that sees published things only."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render

from community import published
from community.bulletin_files import file_in
from community.models import BulletinVersion, Community
from community.snapshot import chart_in
from community.views.downloads import file_response, pdf_response, photo_response, svg_response
from community.views.showing import published_page


def _community(code: str) -> Community:
    community = published.find_community(code)
    if community is None:
        raise Http404
    return community


def _versions(community: Community, month, number: int | None) -> tuple[BulletinVersion, list]:
    """The asked version of a month, by default the newest, and all of them."""
    versions = published.versions(community, month)
    chosen = [v for v in versions if number in (None, v.number)]
    if not chosen:
        raise Http404
    return chosen[0], versions


@login_not_required
def front(request):
    """The communities by street office, each with its latest bulletin."""
    newest = published.newest_bulletins()
    streets = [
        (street, [(community, newest.get(community.id)) for community in street.listed])
        for street in published.streets()
    ]
    return render(request, "public/front.html", {"streets": streets})


@login_not_required
def profile(request, code):
    """A community's profile (社区概况) and its bulletins."""
    community = _community(code)
    months = published.published_months([community])
    return render(
        request,
        "public/profile.html",
        {
            "place": community,
            "profile": published.profile(community),
            "months": [(month, found) for (_, month), found in months.items()],
        },
    )


@login_not_required
def disclosure(request, code, month, number=None):
    """A month's bulletin: the newest version, or the one asked for, and a list of all."""
    community = _community(code)
    version, versions = _versions(community, month, number)
    return render(
        request,
        "public/disclosure.html",
        {
            "place": community,
            "version": version,
            "versions": versions,
            "newest": versions[0],
            **published_page(version, code),
        },
    )


@login_not_required
def disclosure_print(request, code, month, number=None):
    """The PDF of the newest version, or of the one asked for."""
    version, _ = _versions(_community(code), month, number)
    return pdf_response(version)


@login_not_required
def disclosure_chart(request, code, month, number, chart):
    """A chart as it was drawn for the version."""
    version, _ = _versions(_community(code), month, number)
    found = chart_in(version.snapshot, chart)
    if found is None:
        raise Http404
    return svg_response(found["svg"])


@login_not_required
def disclosure_file(request, code, month, number, file):
    """A file that was published with the version."""
    version, _ = _versions(_community(code), month, number)
    found = file_in(version.snapshot, str(file))
    if found is None:
        raise Http404
    return file_response(found)


@login_not_required
def disclosure_photo(request, code, month, photo):
    """A photo of a board on which the month's bulletin hangs."""
    found = published.photo(_community(code), month, photo)
    if found is None:
        raise Http404
    return photo_response(found)

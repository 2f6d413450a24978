"""Template context of bulletin pages: snapshot with URLs, photos, and the street's remarks."""

from django.urls import reverse

from community.bulletins.forms.posting import RemarkAnswerForm
from community.bulletins.models.bulletin import Bulletin, BulletinVersion
from community.bulletins.snapshot import sections_of, take_snapshot, with_drill_down, with_urls
from portal.access.permissions import Permission


def published_context(version: BulletinVersion, code: str) -> dict:
    """Context of a published version for the public; `code` is the community's."""
    kwargs = {"code": code, "month": version.month, "number": version.number}

    def chart_url(key: str) -> str:
        return reverse("community:disclosure_chart", kwargs={**kwargs, "chart": key})

    def file_url(uuid: str) -> str:
        return reverse("community:disclosure_file", kwargs={**kwargs, "file": uuid})

    return {
        "snapshot": with_urls(version.snapshot, chart_url, file_url),
        "photos": photos_of(version, code),
    }


def photos_of(version: BulletinVersion, code: str) -> list[tuple]:
    """Photos of a version, each with its URL."""
    kwargs = {"code": code, "month": version.month}
    return [
        (photo, reverse("community:disclosure_photo", kwargs={**kwargs, "photo": photo.uuid}))
        for photo in version.photos.all()
    ]


def committee_context(request, bulletin: Bulletin, newest: BulletinVersion | None) -> dict:
    """Context of a bulletin for the committee: the published version or the draft; numbers link to their rows.

    `newest` is the version that the public sees, if any, also while a correction of it is drafted.
    """
    sections = sections_of(bulletin)
    if newest is not None and bulletin.state == Bulletin.State.PUBLISHED:
        content = published_context(newest, request.community.code)
    else:
        kwargs = {"community": request.community.code, "month": bulletin.month}

        def chart_url(key: str) -> str:
            return reverse("community:bulletin_chart", kwargs={**kwargs, "chart": key})

        def file_url(uuid: str) -> str:
            return reverse("community:bulletin_file", kwargs={**kwargs, "file": uuid})

        content = {"snapshot": with_urls(take_snapshot(bulletin, sections), chart_url, file_url)}
    content["snapshot"] = with_drill_down(content["snapshot"], sections, request.access, request.community)
    remarks = newest.remarks.select_related("by").prefetch_related("answers__by") if newest else ()
    content["remarks"] = list(remarks)
    content["answered"], content["answer_form"] = None, RemarkAnswerForm()
    content["may_post"] = request.access.can(Permission.BULLETIN_DRAFT, request.community)
    return content

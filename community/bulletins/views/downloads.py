"""Download responses of published bulletins: PDF, files, photos."""

from django.http import HttpResponse

from community.bulletins import stored_files
from community.bulletins.models.bulletin import BulletinVersion
from community.bulletins.models.files import BulletinPhoto
from portal.pages.downloads import download


def pdf_name(version: BulletinVersion) -> str:
    """Chinese file name of a PDF, without extension."""
    return version.snapshot["title"] + (f"（第{version.number}版）" if version.number > 1 else "")


def pdf_response(version: BulletinVersion) -> HttpResponse:
    """The stored PDF under a Chinese file name."""
    return download(version.read_pdf(), pdf_name(version), "pdf")


def file_response(file: dict) -> HttpResponse:
    """A snapshot's file as attachment, never displayed inside the portal."""
    name, _, extension = file["name"].rpartition(".")
    response = download(stored_files.read_file(file), name, extension)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def photo_response(photo: BulletinPhoto) -> HttpResponse:
    """A photo for an `<img>`."""
    return HttpResponse(stored_files.read_photo(photo), content_type="image/jpeg")

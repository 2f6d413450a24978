"""Committee pages beside a bulletin: drill-down rows, charts, files, photos of boards, notice sheet, street remarks."""

from pathlib import PurePath

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from community.bulletins import published as bulletin_published
from community.bulletins.actions import files as actions
from community.bulletins.actions import reading
from community.bulletins.actions.workflow import BulletinError
from community.bulletins.forms.posting import BulletinFilesForm, PhotoForm, RemarkAnswerForm, TakedownForm
from community.bulletins.models.bulletin import Bulletin
from community.bulletins.models.files import BulletinFile, BulletinPhoto
from community.bulletins.models.reading import BulletinRemark
from community.bulletins.snapshot import draw_chart, public_address, sections_of
from community.bulletins.views.context import photos_of
from community.bulletins.views.downloads import file_response
from community.bulletins.views.drafts import BulletinDetailForm
from community.bulletins.views.lookup import bulletin_of, bulletin_url
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.attachments.kinds import FILE_MIB, PICTURE_LIMITS, FileRefused
from portal.files.body_limits import LARGE_SHOWN
from portal.form_pages.pages import ActionPage, FormPage
from portal.hooks.registry import Hook, call_hooks
from portal.pages.downloads import download, svg_response
from portal.pdf.rendering import render_pdf

ROWS_OF_A_PAGE = 100


def _published(request, month, permission):
    """The bulletin and its newest version; 404 where nothing is published."""
    bulletin = bulletin_of(request, month, permission)
    versions = bulletin_published.versions(request.community, month)
    if not versions:
        raise Http404
    return bulletin, versions[0]


# Numbers and charts


@needs(P.BULLETIN_VIEW)
def bulletin_rows(request, month, key):
    """Drill-down: rows behind one number, as they are now."""
    bulletin = bulletin_of(request, month, P.BULLETIN_VIEW)
    panel = next(call_hooks(Hook.BULLETIN_ROWS, request.access, request.community, month, key), None)
    if panel is None:
        raise Http404
    page = Paginator(panel.rows, ROWS_OF_A_PAGE).get_page(request.GET.get("page"))
    numbers = [
        number
        for section in bulletin.sections
        for number in section.get("numbers", ())
        if number["url"] == request.path
    ]
    context = {
        "bulletin": bulletin,
        "panel": panel,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "numbers": numbers,
    }
    return render(request, "community/bulletins/rows.html", context)


@needs(P.BULLETIN_VIEW)
def bulletin_chart(request, month, chart):
    """Chart of the draft, as SVG."""
    bulletin = bulletin_of(request, month, P.BULLETIN_VIEW)
    drawn = draw_chart(sections_of(bulletin), chart)
    if drawn is None:
        raise Http404
    return svg_response(drawn)


# Files


class BulletinFiles(FormPage):
    """Files of a draft with their findings, and upload of more."""

    permission = P.BULLETIN_DRAFT
    form_class = BulletinFilesForm
    template_name = "community/bulletins/files.html"

    def load(self, month):
        self.bulletin = bulletin_of(self.request, month, self.permission)

    def perform(self, form) -> str:
        for file in form.cleaned_data["files"]:
            self._add(file)
        return self.request.path

    def _add(self, file) -> None:
        """Store one uploaded file and report the outcome; a refused file does not affect the others."""
        content, by = file.read(), self.request.user
        try:
            added = actions.add_file(bulletin=self.bulletin, name=file.name, content=content, by=by)
        except (FileRefused, BulletinError) as problem:
            messages.error(self.request, f"“{PurePath(file.name).name}”没有上传：{problem}")
            return
        if added.findings:
            sentence = f"“{added.name}”已上传，但有内容不能公开，处理后才能提交，见下表。"
            messages.warning(self.request, sentence)
        else:
            sentence = f"“{added.name}”已上传，没有发现身份证号码、手机号码和银行卡号。"
            messages.success(self.request, sentence)

    def extra_context(self, form) -> dict:
        return {
            "bulletin": self.bulletin,
            "files": self.bulletin.files.select_related("added_by"),
            "is_draft": self.bulletin.state == Bulletin.State.DRAFT,
            "mib": FILE_MIB,
            "total": LARGE_SHOWN,
            "most": actions.MOST_FILES,
        }


def _file(request, month, file, permission) -> BulletinFile:
    files = rows(BulletinFile, request.access, permission, request.community)
    return get_object_or_404(files.select_related("bulletin__community"), uuid=file, bulletin__month=month)


@needs(P.BULLETIN_VIEW)
def bulletin_file(request, month, file):
    """Download a file of a draft."""
    row = _file(request, month, file, P.BULLETIN_VIEW)
    return file_response({"uuid": str(row.uuid), "name": row.name, "sha256": row.sha256})


class BulletinFileRemove(ActionPage):
    permission = P.BULLETIN_DRAFT

    def load(self, month, file):
        self.file = _file(self.request, month, file, self.permission)
        self.back = bulletin_url(self.request, "files", month=month)
        self.message = f"已移除附件“{self.file.name}”。"

    def perform(self) -> str:
        actions.remove_file(file=self.file, by=self.request.user)
        return self.back


# Photos


class BulletinPhotos(FormPage):
    """Photos that prove the posting of the published bulletin, and upload of more."""

    permission = P.BULLETIN_DRAFT
    form_class = PhotoForm
    template_name = "community/bulletins/photos.html"

    def load(self, month):
        self.bulletin, self.version = _published(self.request, month, self.permission)

    def form_arguments(self) -> dict:
        return {"access": self.request.access, "community": self.request.community}

    def perform(self, form) -> str:
        photo = form.cleaned_data["photo"]
        values = {name: form.cleaned_data[name] for name in ("medium", "place", "posted_on")}
        try:
            added = actions.add_photo(
                version=self.version, name=photo.name, content=photo.read(), by=self.request.user, **values
            )
        except FileRefused as problem:
            raise BulletinError(str(problem), "photo") from problem
        self.message = f"照片已上传，公开页面上已能看到：{added.place}。"
        return self.request.path

    def extra_context(self, form) -> dict:
        return {
            "bulletin": self.bulletin,
            "version": self.version,
            "photos": photos_of(self.version, self.request.community.code),
            "down_form": TakedownForm(initial={"on": timezone.localdate()}, auto_id=False),
            "limits": PICTURE_LIMITS,
        }


class BulletinPhotoDown(BulletinPhotos):
    """Record when the paper was taken off its board."""

    form_class = TakedownForm

    def load(self, month, photo):
        super().load(month)
        photos = rows(BulletinPhoto, self.request.access, self.permission, self.request.community)
        self.photo = get_object_or_404(photos, uuid=photo, bulletin_version__month=month)
        self.message = f"已登记取下日期：{self.photo.place}。"

    def form_arguments(self) -> dict:
        return {"auto_id": False}

    def perform(self, form) -> str:
        actions.take_down(photo=self.photo, on=form.cleaned_data["on"], by=self.request.user)
        return bulletin_url(self.request, "photos", month=self.bulletin.month)

    def extra_context(self, form) -> dict:
        """The page of the photos, with this form at its photo."""
        upload = PhotoForm(**super().form_arguments())
        mine = {"form": upload, "refused_photo": self.photo, "refused_form": form}
        return super().extra_context(form) | mine


class BulletinPhotoRemove(ActionPage):
    """Delete a photo; one that is gone already is no error."""

    permission = P.BULLETIN_DRAFT

    def load(self, month, photo):
        photos = rows(BulletinPhoto, self.request.access, self.permission, self.request.community)
        self.photo = photos.filter(uuid=photo, bulletin_version__month=month).first()
        self.back = bulletin_url(self.request, "photos", month=month)

    def perform(self) -> str:
        if self.photo:
            actions.remove_photo(photo=self.photo, by=self.request.user)
            self.message = f"照片已删除：{self.photo.place}。"
        return self.back


# The notice, and the street


@needs(P.BULLETIN_VIEW)
def bulletin_notice(request, month):
    """Notice sheet with the QR code of the public page, for boards without room for the bulletin."""
    bulletin, version = _published(request, month, P.BULLETIN_VIEW)
    title = f"{version.snapshot['title']}告知"
    context = {
        "title": title,
        "place": bulletin.community,
        "month": month,
        "organisation": version.snapshot["organisation"],
        "address": public_address(bulletin.community, month),
        "dated": timezone.localdate(version.published_at),
    }
    return download(render_pdf("community/bulletins/print_notice.html", context), title, "pdf")


class BulletinRemarkAnswer(BulletinDetailForm):
    """Answer a remark of the street, or confirm its receipt."""

    permission = P.BULLETIN_DRAFT
    form_class = RemarkAnswerForm
    form_name = "answer_form"
    message = "已回复街道。"

    def load(self, month, remark):
        super().load(month)
        remarks = rows(BulletinRemark, self.request.access, self.permission, self.request.community)
        self.remark = get_object_or_404(remarks, uuid=remark, bulletin_version__month=month)

    def perform(self, form) -> str:
        reading.answer_remark(remark=self.remark, text=form.cleaned_data["text"], by=self.request.user)
        return f"{self.back}#remarks"

    def extra_context(self, form) -> dict:
        return {"answered": self.remark}

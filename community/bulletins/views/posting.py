"""Committee pages beside a bulletin: drill-down rows, charts, files, photos of boards, notice sheet, street remarks."""

from pathlib import PurePath

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

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
from community.bulletins.views.drafts import detail_page
from community.bulletins.views.lookup import bulletin_of, bulletin_url
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.attachments.kinds import FILE_MIB, PICTURE_LIMITS, FileRefused
from portal.files.body_limits import LARGE_SHOWN
from portal.forms.idempotency import result_of, run_once
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


@needs(P.BULLETIN_DRAFT)
def bulletin_files_edit(request, month):
    """Files of a draft with their findings, and upload of more."""
    bulletin = bulletin_of(request, month, P.BULLETIN_DRAFT)
    if request.method != "POST":
        return _files_page(request, bulletin, BulletinFilesForm())
    if earlier := result_of(request.POST.get("token")):
        return redirect(earlier)
    form = BulletinFilesForm(request.POST, request.FILES)
    if not form.is_valid():
        return _files_page(request, bulletin, form, 422)

    def add() -> str:
        for file in form.cleaned_data["files"]:
            _add_file(request, bulletin, file)
        return bulletin_url(request, "files", month=month)

    return redirect(run_once(form.cleaned_data["token"], request.user.pk, add))


def _add_file(request, bulletin, file) -> None:
    """Store one uploaded file and report the outcome; a refused file does not affect the others."""
    name = PurePath(file.name).name
    try:
        added = actions.add_file(bulletin=bulletin, name=file.name, content=file.read(), by=request.user)
    except (FileRefused, BulletinError) as problem:
        messages.error(request, f"“{name}”没有上传：{problem}")
        return
    if added.findings:
        messages.warning(request, f"“{added.name}”已上传，但有内容不能公开，处理后才能提交，见下表。")
    else:
        messages.success(request, f"“{added.name}”已上传，没有发现身份证号码、手机号码和银行卡号。")


def _files_page(request, bulletin, form, status=200):
    context = {
        "bulletin": bulletin,
        "files": bulletin.files.select_related("added_by"),
        "form": form,
        "is_draft": bulletin.state == Bulletin.State.DRAFT,
        "mib": FILE_MIB,
        "total": LARGE_SHOWN,
        "most": actions.MOST_FILES,
    }
    return render(request, "community/bulletins/files.html", context, status=status)


def _file(request, month, file, permission) -> BulletinFile:
    files = rows(BulletinFile, request.access, permission, request.community)
    return get_object_or_404(files.select_related("bulletin__community"), uuid=file, bulletin__month=month)


@needs(P.BULLETIN_VIEW)
def bulletin_file(request, month, file):
    """Download a file of a draft."""
    row = _file(request, month, file, P.BULLETIN_VIEW)
    return file_response({"uuid": str(row.uuid), "name": row.name, "sha256": row.sha256})


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_file_remove(request, month, file):
    row = _file(request, month, file, P.BULLETIN_DRAFT)
    try:
        actions.remove_file(file=row, by=request.user)
    except BulletinError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"已移除附件“{row.name}”。")
    return redirect(bulletin_url(request, "files", month=month))


# Photos


@needs(P.BULLETIN_DRAFT)
def bulletin_photos(request, month):
    """Photos that prove the posting of the published bulletin, and upload of more."""
    bulletin, version = _published(request, month, P.BULLETIN_DRAFT)
    arguments = {"access": request.access, "community": request.community}
    if request.method != "POST":
        return _photos_page(request, bulletin, version, PhotoForm(**arguments))
    if earlier := result_of(request.POST.get("token")):
        return redirect(earlier)
    form = PhotoForm(request.POST, request.FILES, **arguments)
    if not form.is_valid():
        return _photos_page(request, bulletin, version, form, 422)
    data = form.cleaned_data

    def add() -> str:
        photo = actions.add_photo(
            version=version,
            medium=data["medium"],
            place=data["place"],
            posted_on=data["posted_on"],
            name=data["photo"].name,
            content=data["photo"].read(),
            by=request.user,
        )
        messages.success(request, f"照片已上传，公开页面上已能看到：{photo.place}。")
        return bulletin_url(request, "photos", month=month)

    try:
        return redirect(run_once(data["token"], request.user.pk, add))
    except FileRefused as problem:
        form.add_error("photo", str(problem))
    except BulletinError as problem:
        form.add_error(None, str(problem))
    return _photos_page(request, bulletin, version, form, 422)


def _photos_page(request, bulletin, version, form, status=200, refused=(None, None)):
    """refused: a photo, and its refused form of the takedown date."""
    context = {
        "bulletin": bulletin,
        "version": version,
        "photos": photos_of(version, request.community.code),
        "form": form,
        "down_form": TakedownForm(initial={"on": timezone.localdate()}, auto_id=False),
        "refused_photo": refused[0],
        "refused_form": refused[1],
        "limits": PICTURE_LIMITS,
    }
    return render(request, "community/bulletins/photos.html", context, status=status)


def _photo(request, month, photo) -> BulletinPhoto:
    photos = rows(BulletinPhoto, request.access, P.BULLETIN_DRAFT, request.community)
    return get_object_or_404(photos, uuid=photo, bulletin_version__month=month)


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_photo_down(request, month, photo):
    """Record when the paper was taken off its board."""
    chosen = _photo(request, month, photo)
    form = TakedownForm(request.POST, auto_id=False)
    if form.is_valid():
        try:
            actions.take_down(photo=chosen, on=form.cleaned_data["on"], by=request.user)
        except BulletinError as problem:
            form.add_error("on", str(problem))
        else:
            messages.success(request, f"已登记取下日期：{chosen.place}。")
            return redirect(bulletin_url(request, "photos", month=month))
    bulletin, version = _published(request, month, P.BULLETIN_DRAFT)
    new = PhotoForm(access=request.access, community=request.community)
    return _photos_page(request, bulletin, version, new, 422, refused=(chosen, form))


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_photo_remove(request, month, photo):
    photos = rows(BulletinPhoto, request.access, P.BULLETIN_DRAFT, request.community)
    chosen = photos.filter(uuid=photo, bulletin_version__month=month).first()
    if chosen:
        actions.remove_photo(photo=chosen, by=request.user)
        messages.success(request, f"照片已删除：{chosen.place}。")
    return redirect(bulletin_url(request, "photos", month=month))


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


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_remark_answer(request, month, remark):
    """Answer a remark of the street, or confirm its receipt."""
    remarks = rows(BulletinRemark, request.access, P.BULLETIN_DRAFT, request.community)
    chosen = get_object_or_404(remarks, uuid=remark, bulletin_version__month=month)
    form = RemarkAnswerForm(request.POST)
    if form.is_valid():
        try:
            reading.answer_remark(remark=chosen, text=form.cleaned_data["text"], by=request.user)
        except BulletinError as problem:
            form.add_error("text", str(problem))
        else:
            messages.success(request, "已回复街道。")
            return redirect(f"{bulletin_url(request, 'detail', month=month)}#remarks")
    return detail_page(request, bulletin_of(request, month), answering=(chosen, form), status=422)

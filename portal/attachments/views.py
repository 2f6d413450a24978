"""Attachments of a row: upload, download and deletion, each after the permission check of the row."""

from pathlib import PurePath

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.http import content_disposition_header

from portal.access.querysets import rows
from portal.access.roles import BODY_RIGHTS
from portal.access.views import require
from portal.attachments import store
from portal.attachments.kinds import CONTENT_TYPES, FILE_MIB, KINDS_SHOWN, PIXELS_SHOWN, FileRefused
from portal.attachments.models import Attachment
from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.crypto.vault import SecretUnreadable
from portal.files.body_limits import LARGE_SHOWN, takes_files
from portal.form_pages.pages import FormPage
from portal.forms.idempotency import IdempotentFormMixin
from portal.registers.registers import Register
from portal.registers.views import RegisterView

AT_A_TIME = 10
"""Files in one upload."""
_SANDBOX = "sandbox; default-src 'none'"


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Multiple file field, at least one file."""

    widget = FilesInput

    def clean(self, data, initial=None):
        files = [super(FilesField, self).clean(file) for file in data or [None]]
        if len(files) > AT_A_TIME:
            raise forms.ValidationError(f"一次最多上传 {AT_A_TIME} 份文件，请分几次上传。")
        return files


class UploadForm(IdempotentFormMixin, forms.Form):
    """Upload of attachments; each file is validated separately, so that one bad file does not reject the others."""

    files = FilesField(
        label="选择文件",
        allow_empty_file=True,
        widget=FilesInput(
            attrs={"accept": ",".join(f".{kind}" for kind in CONTENT_TYPES), "class": "form-control"}
        ),
        error_messages={"required": "请选择要上传的文件。", "invalid": "请选择要上传的文件。"},
    )


def attachment_card(view: RegisterView, row, *, may_change: bool) -> dict | None:
    """Context of the attachment card on a detail page; None for a register without attachments or a user without right.

    may_change: by `Register.may_change`.
    """
    register, request = view.register, view.request
    if not register.attachments or not request.access.can(register.attachments_view, request.community):
        return None
    attachments = list(attachments_of(register, request, row))
    users = get_user_model()._default_manager.in_bulk({attachment.user_id for attachment in attachments})
    may_edit = may_change and request.access.can(register.attachments_edit, request.community)
    return {
        "files": [
            {
                "attachment": attachment,
                "user": users.get(attachment.user_id),
                "url": attachment_url(register, request.community, row, attachment, "attachment"),
                "delete_url": attachment_url(
                    register, request.community, row, attachment, "attachment_delete"
                ),
            }
            for attachment in attachments
        ],
        "form": UploadForm() if may_edit else None,
        "upload_url": view.url("attach", row),
        "kinds": KINDS_SHOWN,
        "mib": FILE_MIB,
        "pixels": PIXELS_SHOWN,
        "total": LARGE_SHOWN,
    }


def attachment_url(register: Register, community, row, attachment: Attachment, action: str) -> str:
    kwargs = {"community": community.code, "row": row.uuid, "attachment": attachment.uuid}
    return reverse(f"{register.app}:{register.noun}_{action}", kwargs=kwargs)


def attachments_of(register: Register, request, row):
    """The attachments that the reader may see of a row that the register's view right gave."""
    access, community, right = request.access, request.community, register.attachments_view
    if right in BODY_RIGHTS:
        # An attachment has no body: its row has, which the reader must see with that right.
        if right != register.view and not register.rows(access, community, right).filter(pk=row.pk).exists():
            return Attachment._default_manager.none()
        queryset = Attachment._default_manager.of(community)
    else:
        queryset = rows(Attachment, access, right, community)
    return queryset.filter(subject=register.model.stored_label, row_id=row.pk).order_by("id")


def attachment_response(request, attachment: Attachment, *, missing: str, saved: bool = True):
    """Response with the content of an attachment, as a download or (pictures) inline. The caller checked the right.

    missing: URL to redirect to, with a message, when the file is missing or damaged.
    """
    try:
        content = store.read(attachment)
    except (FileNotFoundError, SecretUnreadable):
        messages.error(request, f"“{attachment.name}”读不到，请联系管理员从备份中恢复。")
        return redirect(missing)
    response = HttpResponse(content, content_type=CONTENT_TYPES[attachment.extension])
    response["Content-Disposition"] = content_disposition_header(saved, attachment.name)
    response["Content-Security-Policy"] = _SANDBOX
    return response


class AttachmentView(RegisterView):
    """Base: the row requires the register's view right, its attachments their own; `edits` also the edit right."""

    edits = True

    def get_permission(self):
        return self.register.attachments_edit if self.edits else self.register.attachments_view

    def dispatch(self, request, *args, **kwargs):
        require(request, self.register.view)
        require(request, self.register.attachments_view)
        return super().dispatch(request, *args, **kwargs)

    def get_row(self):
        register, access, community = self.register, self.request.access, self.request.community
        row = get_object_or_404(register.rows(access, community), uuid=self.kwargs["row"])
        if self.edits and not register.may_change(row, access, community):
            raise PermissionDenied
        return row

    def get_attachment(self, row) -> Attachment:
        return get_object_or_404(
            attachments_of(self.register, self.request, row), uuid=self.kwargs["attachment"]
        )

    def urls(self, row) -> dict:
        return {"list": self.url("list"), "detail": self.url("detail", row)}


class UploadView(AttachmentView, FormPage):
    """Upload of attachments to a row."""

    form_class = UploadForm
    template_name = "portal/attachments/attach.html"

    def load(self, row):
        self.subject = self.get_row()

    def perform(self, form) -> str:
        """Store the valid files and show a message for each refused one."""
        count = 0
        for file in form.cleaned_data["files"]:
            try:
                store.add(self.subject, file.name, file.read(), by=self.request.user)
                count += 1
            except FileRefused as reason:
                messages.error(self.request, f"“{PurePath(file.name).name}”没有上传：{reason}")
        if count:
            self.message = f"已上传 {count} 份附件。"
        return f"{self.url('detail', self.subject)}#attachments"

    def extra_context(self, form) -> dict:
        card = attachment_card(self, self.subject, may_change=True) | {"form": form}
        urls = self.urls(self.subject)
        return {"register": self.register, "row": self.subject, "attached": card, "urls": urls}


def log_file_access(request, attachment: Attachment) -> None:
    """Log in the access log that a restricted file is opened."""
    access_log.log_access(
        community_id=request.community.id,
        user_id=request.user.pk,
        action=AccessLog.Action.FILE,
        subject=attachment.subject,
        ids=[attachment.row_id],
        reason=attachment.name,
        request_id=request.id,
    )


class OpenView(AttachmentView):
    """Download of the file, never inline; for restricted registers it is logged first."""

    edits = False

    def get(self, request, row, attachment):
        subject = self.get_row()
        stored = self.get_attachment(subject)
        if self.register.attachments is not True:
            log_file_access(request, stored)
        return attachment_response(request, stored, missing=self.url("detail", subject))


class DeleteAttachmentView(AttachmentView):
    """Deletion after confirmation; idempotent."""

    def get(self, request, row, attachment):
        subject = self.get_row()
        return self.page(
            "portal/attachments/delete.html",
            row=subject,
            attachment=self.get_attachment(subject),
            urls=self.urls(subject),
        )

    def post(self, request, row, attachment):
        subject = self.get_row()
        removed_count = store.remove(attachments_of(self.register, request, subject).filter(uuid=attachment))
        if removed_count:
            messages.success(request, "附件已删除。")
        return redirect(f"{self.url('detail', subject)}#attachments")


def attachment_urls(register) -> list:
    """URL patterns of a register's attachments, to be included below the register's."""
    return [
        path(f"<uuid:row>/attachments/{route}", view, name=f"{register.noun}_{name}")
        for route, view, name in (
            ("", takes_files(UploadView.as_view(register=register)), "attach"),
            ("<uuid:attachment>/", OpenView.as_view(register=register), "attachment"),
            (
                "<uuid:attachment>/delete/",
                DeleteAttachmentView.as_view(register=register),
                "attachment_delete",
            ),
        )
    ]

"""What was typed into a form while the session ended, for whoever signs in again."""

from django.contrib import messages
from django.http import QueryDict

from portal.form_pages import drafts
from portal.form_pages.addresses import DRAFT, STEP


class KeptFormMixin:
    """Mixin of a view with a form: what is sent to it without a session is kept (`portal.middleware.LoginRequiredMiddleware`).

    After signing in the same address is opened by GET, which fills the form with `draft`.
    """

    def draft(self) -> QueryDict | None:
        """Data of the draft that the address names, or None."""
        key, user_id = self.request.GET.get(DRAFT), self.request.user.pk
        return drafts.read(key, user_id=user_id, path=self.request.path)

    def explain_draft(self, *, has_files: bool = False) -> None:
        """Say that the form is filled with what was typed, where it was kept because the session had ended."""
        if self.request.GET.get(STEP) == "kept":
            files = "，附件请重新选择" if has_files else ""
            messages.info(self.request, f"登录中断前填写的内容还在，请核对后再提交{files}。")

"""Base view of the pages of form filling: the form under way, its pages and people."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from portal.access.permissions import Permission
from portal.access.views import PermissionView
from portal.form_pages.addresses import DRAFT, STEP
from portal.form_pages.pages import FormPage
from portal.saved_lists.saved_lists import InvalidSavedList
from residents.form_filling import files
from residents.form_filling.models import FormFilling

NOBODY = "没有符合条件的人，请重新选择。"


class FillingView(PermissionView):
    """Base view of the pages of one form."""

    permission = Permission.PEOPLE_EXPORT
    filling: FormFilling | None = None

    def load(self, filling):
        self.filling = get_object_or_404(self.fillings(), uuid=filling)

    def fillings(self):
        return files.own_fillings(self.request.access, self.request.community)

    @property
    def scope(self) -> dict:
        return {"access": self.request.access, "community": self.request.community}

    def url(self, action: str, filling: FormFilling | None = None) -> str:
        kwargs = {"filling": filling.uuid} if filling else {}
        return self.request.community.url(f"residents:filling_{action}", **kwargs)

    def onward(self, action: str, filling: FormFilling) -> str:
        """URL of a later step, with the conditions of the list from which the user came to fill a form."""
        conditions = self.request.GET.copy()
        for name in (DRAFT, STEP):
            conditions.pop(name, None)
        query = f"?{conditions.urlencode()}" if conditions else ""
        return f"{self.url(action, filling)}{query}"

    def people(self) -> list[int]:
        """Ids of the chosen people; empty, with a message, when the saved list is no longer usable."""
        try:
            return files.people_of(self.filling, **self.scope) if self.filling.how else []
        except InvalidSavedList as problem:
            messages.error(self.request, str(problem))
            return []

    def ask_whom(self) -> HttpResponse:
        """Redirect to the choice of people, because nobody is chosen or left."""
        messages.error(self.request, NOBODY)
        return redirect(self.url("people", self.filling))


class FillingPage(FillingView, FormPage):
    """Base of the steps."""

    step: str

    def context(self, form) -> dict:
        urls = {"list": self.url("list")}
        if self.filling:
            pages = ("match", "people", "check", "file", "discard")
            urls |= {page: self.url(page, self.filling) for page in pages}
        return {"filling": self.filling, "urls": urls, "step": self.step} | super().context(form)

"""Base view of the pages of form filling: the form under way, its pages and people."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from portal.access.permissions import Permission
from portal.access.views import PermissionView
from portal.saved_lists.saved_lists import InvalidSavedList
from residents.form_filling import files
from residents.form_filling.models import FormFilling


class FillingView(PermissionView):
    """Base view of the pages of one form."""

    permission = Permission.PEOPLE_EXPORT
    step = ""

    def get_filling(self) -> FormFilling:
        return get_object_or_404(self.fillings(), uuid=self.kwargs["filling"])

    def fillings(self):
        return files.own_fillings(self.request.access, self.request.community)

    @property
    def scope(self) -> dict:
        return {"access": self.request.access, "community": self.request.community}

    def url(self, action: str, filling: FormFilling | None = None) -> str:
        kwargs = {"community": self.request.community.code}
        if filling is not None:
            kwargs["filling"] = filling.uuid
        return reverse(f"residents:filling_{action}", kwargs=kwargs)

    def page(self, template: str, filling: FormFilling | None = None, status: int = 200, **context):
        urls = {"list": self.url("list")}
        if filling is not None:
            pages = ("match", "people", "check", "file", "full", "discard")
            urls |= {page: self.url(page, filling) for page in pages}
        context |= {"filling": filling, "urls": urls, "step": self.step}
        return render(self.request, f"residents/form_filling/{template}.html", context, status=status)

    def people(self, filling: FormFilling) -> list[int]:
        """Ids of the people to fill in; empty, with a message, when the saved list is no longer usable."""
        try:
            return files.people_of(filling, self.request.access, self.request.community)
        except InvalidSavedList as problem:
            messages.error(self.request, str(problem))
            return []

    def ask_whom(self, filling: FormFilling) -> HttpResponse:
        """Redirect to the choice of people, because nobody is chosen or left."""
        messages.error(self.request, "没有符合条件的人，请重新选择。")
        return redirect(self.url("people", filling))

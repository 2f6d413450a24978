from django.shortcuts import get_object_or_404
from django.urls import reverse

from community.communities.models import Community
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.form_pages.pages import FormPage
from portal.forms.forms import RowForm


class ProfileForm(RowForm):
    """Public profile of a community."""

    class Meta:
        model = Community
        fields = (
            "name statistics_code area_km2 founded_on address hotline office_land_m2 office_floor_m2 introduction"
            " area_word group_word building_words stairwell_words fresh_days"
        ).split()


class ProfileEdit(FormPage):
    """Change the community's profile (社区概况)."""

    permission = Permission.PROFILE_EDIT
    form_class = ProfileForm
    template_name = "community/profile/edit.html"
    title = "社区概况"
    lead = "以下内容显示在社区公开页面。"
    message = "社区概况已保存，公开页面同步更新。"

    @property
    def back(self) -> str:
        return reverse("community:community_home", kwargs={"community": self.request.community.code})

    def form_arguments(self) -> dict:
        access, community = self.request.access, self.request.community
        row = get_object_or_404(rows(Community, access, self.permission, community))
        return {"instance": row, "access": access, "community": community}

    def perform(self, form) -> str:
        form.save()
        return self.back

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from community.communities.models import Community
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.forms.forms import EditConflict, RowForm


class ProfileForm(RowForm):
    """Public profile of a community."""

    class Meta:
        model = Community
        fields = (
            "name statistics_code area_km2 founded_on address hotline office_land_m2 office_floor_m2 introduction"
            " area_word group_word building_words stairwell_words fresh_days"
        ).split()


@needs(Permission.PROFILE_EDIT)
def profile_edit(request):
    """Change the community's profile (社区概况)."""
    community = request.community
    row = get_object_or_404(rows(Community, request.access, Permission.PROFILE_EDIT, community))
    form = ProfileForm(request.POST or None, instance=row, access=request.access, community=community)
    home = reverse("community:community_home", kwargs={"community": community.code})
    context = {"form": form, "home": home}
    if request.method == "POST" and form.is_valid():
        try:
            form.save()
        except EditConflict as conflict:
            urls = {"edit": request.path, "detail": home}
            context = {"row": row, "differences": conflict.differences, "urls": urls}
            return render(request, "portal/register_pages/conflict.html", context, status=409)
        messages.success(request, "社区概况已保存，公开页面同时更新。")
        return redirect(home)
    return render(request, "community/profile/edit.html", context, status=422 if form.errors else 200)

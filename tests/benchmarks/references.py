"""What a developer would get from the ecosystem's defaults, for the same table."""

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from import_export.fields import Field
from import_export.resources import ModelResource

from community.models import Person


class PersonResource(ModelResource):
    """The exported columns of our list; without 在册情况, which no field holds."""

    age = Field(attribute="age")

    class Meta:
        model = Person
        fields = (
            "name sex age place_label id_kind phone ethnic registered_place education marital employment"
            " workplace political former_name note"
        ).split()


class _Site(admin.AdminSite):
    def has_permission(self, request):
        return True


class _Operator(AnonymousUser):
    """May do everything; costs no query."""

    def has_perm(self, *args, **kwargs):
        return True

    def has_module_perms(self, *args, **kwargs):
        return True


class PersonAdmin(admin.ModelAdmin):
    list_display = (
        "name", "sex", "birth_date", "place_label", "id_mask", "phone", "registered_place", "ethnic",
    )  # fmt: skip
    search_fields = ("name", "name_key", "initials", "phone", "place_label")
    list_filter = ("sex",)
    list_per_page = 50

    def get_queryset(self, request):
        return super().get_queryset(request).using("owner")


site = _Site()
site.register(Person, PersonAdmin)


def changelist(query: str) -> None:
    """Render Django admin's list of all people, as `/admin/community/person/?…` would."""
    request = RequestFactory().get("/admin/community/person/" + query, HTTP_HOST="127.0.0.1")
    request.user = _Operator()
    response = site.get_model_admin(Person).changelist_view(request).render()
    assert response.status_code == 200

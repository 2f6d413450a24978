"""What a developer would get from the ecosystem's defaults, for the same table."""

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from import_export.fields import Field
from import_export.resources import ModelResource

from community.people.models import Person
from portal.registers.registry import get_register
from residents.people.registers import _state


class PersonResource(ModelResource):
    """The exported columns of our list in their order; codes stay codes, where ours writes the words."""

    age = Field(attribute="age")
    birth = Field(attribute="birth")
    state = Field()

    class Meta:
        model = Person
        fields = export_order = [
            column.name for column in get_register("residents:person").columns if column.exported
        ]

    def dehydrate_state(self, person):
        return _state(person)

    def iter_queryset(self, queryset):
        """With what 在册情况 needs, gathered as ours does: a query per person would be too easy to beat."""
        people = list(super().iter_queryset(queryset))
        get_register("residents:person").prefetch_values(people)
        return people


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

"""The forms of dwellings and households in their registers."""

from community.people.forms import PersonField
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.forms.forms import PickField, RowForm
from residents.homes.models import Dwelling, Household


class DwellingForm(RowForm):
    owner = PersonField(label="产权人", required=False, help_text="产权人在居民台账中的，输入姓名后选择")

    error_fields = {"label": "room", "sort": "room"}

    class Meta:
        model = Dwelling
        fields = ("building", "stairwell", "floor", "room", "use", "area_m2", "owner_name")

    field_order = ("building", "stairwell", "floor", "room", "use", "area_m2", "owner", "owner_name")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].set_people(self.access, self.community)
        if self.instance.pk:
            self.initial["owner"] = self.instance.owner

    def clean_room(self):
        return self.cleaned_data["room"].strip().removesuffix("室")

    def clean_owner(self):
        self.instance.owner = self.cleaned_data["owner"]
        return self.instance.owner

    def clean(self):
        cleaned = super().clean()
        building, stairwell = cleaned.get("building"), cleaned.get("stairwell")
        if building and stairwell and stairwell.building_id != building.id:
            self.add_error("stairwell", f"{stairwell.label}不在{building.label}，请重新选择。")
        return cleaned


class HouseholdForm(RowForm):
    """A household without members; they are added by moving in."""

    dwelling = PickField(
        label="房屋", required=False, max_length=80, help_text="输入房屋后选择；户籍集体户可以留空"
    )

    error_fields = {"household_living_at_dwelling": "dwelling"}

    class Meta:
        model = Household
        fields = ("kind", "number")

    field_order = ("kind", "dwelling", "number")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        dwellings = rows(Dwelling, self.access, Permission.PLACES_VIEW, self.community).order_by("sort")
        self.fields["dwelling"].offer(
            lambda text: dwellings.filter(label__icontains=text)[:20],
            self.community.url("residents:dwelling_pick"),
        )
        if self.instance.pk:
            self.initial["dwelling"] = self.instance.dwelling

    def clean_dwelling(self):
        self.instance.dwelling = self.cleaned_data["dwelling"]
        return self.instance.dwelling

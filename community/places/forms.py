import unicodedata

from community.people.forms import PersonField
from community.places.models import Building, HeadAppointment, Stairwell, building_key, stairwell_key
from portal.forms.forms import RowForm


class BuildingForm(RowForm):
    """Building; its number is parsed from the label: 3幢, 3栋, 3号楼 and ３幢 are all 3."""

    error_fields = {"key": "label", "sort": "label"}

    class Meta:
        model = Building
        fields = ("label", "estate", "use", "floors", "address")

    def clean_label(self):
        label = unicodedata.normalize("NFKC", self.cleaned_data["label"]).strip()
        words = self.instance.community.building_words
        self.instance.key = building_key(label, words)
        return label


class StairwellForm(RowForm):
    error_fields = {"key": "name", "label": "name", "sort": "name"}

    class Meta:
        model = Stairwell
        fields = ("building", "name", "area")

    def clean_name(self):
        name = unicodedata.normalize("NFKC", self.cleaned_data["name"]).strip()
        self.instance.key = stairwell_key(name, self.instance.community.stairwell_words)
        return name


class HeadAppointmentForm(RowForm):
    """Appoint or relieve the head of a stairwell, area or group."""

    person = PersonField(label="姓名")

    class Meta:
        model = HeadAppointment
        fields = ("stairwell", "area", "start", "end", "document")

    field_order = ("person", "stairwell", "area", "start", "end", "document")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].set_people(self.access, self.community)
        if self.instance.pk:
            self.initial["person"] = self.instance.person

    def clean_person(self):
        person = self.cleaned_data["person"]
        if person is not None:
            self.instance.person = person
        return person

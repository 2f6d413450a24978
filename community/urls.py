from django.urls import include, path

from community import registers
from community.views import home, person
from portal.views.register import register_urls

app_name = "community"

community_patterns = [
    path("", home.community_home, name="community_home"),
    path("pick/person/", person.pick, name="person_pick"),
    *register_urls(registers.AreaRegister),
    *register_urls(registers.BuildingRegister),
    *register_urls(registers.StairwellRegister),
    *register_urls(registers.HeadAppointmentRegister),
    *register_urls(registers.UnitRegister),
    *register_urls(registers.HonourRegister),
    *register_urls(registers.VenueRegister),
    *register_urls(registers.ServiceHoursRegister),
]

public_patterns = [
    path("home/", home.home, name="home"),
]

street_patterns = []

urlpatterns = [
    path("c/<slug:community>/", include(community_patterns)),
    path("street/", include(street_patterns)),
    path("", include(public_patterns)),
]

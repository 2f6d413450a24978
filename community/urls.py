from django.urls import include, path

from community import months, registers  # noqa: F401 - months brings the converter of <month:…>
from community.views import (
    accounts,
    bulletin,
    figures,
    home,
    organisation,
    person,
    posting,
    profile,
    public,
    setup,
    street,
)
from portal.views.register import register_urls

app_name = "community"

community_patterns = [
    path("", home.community_home, name="community_home"),
    path("profile/", profile.profile_edit, name="profile_edit"),
    path("organisation/", organisation.organisation, name="organisation"),
    path("figures/", figures.figures, name="figures"),
    path("figures/export/", figures.figures_export, name="figures_export"),
    path("accounts/", accounts.account_list, name="account_list"),
    path("accounts/grant/", accounts.account_grant, name="account_grant"),
    path("accounts/<int:assignment>/end/", accounts.role_end, name="role_end"),
    path("accounts/<int:assignment>/link/", accounts.account_link, name="account_link"),
    path("pick/person/", person.pick, name="person_pick"),
    *register_urls(registers.AreaRegister),
    *register_urls(registers.BuildingRegister),
    *register_urls(registers.StairwellRegister),
    *register_urls(registers.HeadAppointmentRegister),
    *register_urls(registers.UnitRegister),
    *register_urls(registers.MediumRegister),
    *register_urls(registers.HonourRegister),
    *register_urls(registers.VenueRegister),
    *register_urls(registers.ServiceHoursRegister),
    path("bulletins/", bulletin.bulletin_list, name="bulletin_list"),
    path("bulletins/start/", bulletin.bulletin_start, name="bulletin_start"),
    path("bulletins/<month:month>/", bulletin.bulletin_detail, name="bulletin_detail"),
    path("bulletins/<month:month>/edit/", bulletin.bulletin_edit, name="bulletin_edit"),
    path("bulletins/<month:month>/aid/", bulletin.bulletin_aid, name="bulletin_aid"),
    path(
        "bulletins/<month:month>/aid/<uuid:recipient>/remove/",
        bulletin.bulletin_aid_remove,
        name="bulletin_aid_remove",
    ),
    path("bulletins/<month:month>/rows/<str:key>/", posting.bulletin_rows, name="bulletin_rows"),
    path("bulletins/<month:month>/charts/<str:chart>.svg", posting.bulletin_chart, name="bulletin_chart"),
    path("bulletins/<month:month>/files/", posting.bulletin_files_edit, name="bulletin_files"),
    path("bulletins/<month:month>/files/<uuid:file>/", posting.bulletin_file, name="bulletin_file"),
    path(
        "bulletins/<month:month>/files/<uuid:file>/remove/",
        posting.bulletin_file_remove,
        name="bulletin_file_remove",
    ),
    path("bulletins/<month:month>/photos/", posting.bulletin_photos, name="bulletin_photos"),
    path(
        "bulletins/<month:month>/photos/<uuid:photo>/down/",
        posting.bulletin_photo_down,
        name="bulletin_photo_down",
    ),
    path(
        "bulletins/<month:month>/photos/<uuid:photo>/remove/",
        posting.bulletin_photo_remove,
        name="bulletin_photo_remove",
    ),
    path("bulletins/<month:month>/notice.pdf", posting.bulletin_notice, name="bulletin_notice"),
    path(
        "bulletins/<month:month>/remarks/<uuid:remark>/answer/",
        posting.bulletin_remark_answer,
        name="bulletin_remark_answer",
    ),
    path("bulletins/<month:month>/submit/", bulletin.bulletin_submit, name="bulletin_submit"),
    path("bulletins/<month:month>/review/", bulletin.bulletin_review, name="bulletin_review"),
    path("bulletins/<month:month>/approve/", bulletin.bulletin_approve, name="bulletin_approve"),
]

public_patterns = [
    path("", public.front, name="front"),
    path("p/<slug:code>/", public.profile, name="profile_detail"),
    path("p/<slug:code>/bulletins/<month:month>/", public.disclosure, name="disclosure_detail"),
    path("p/<slug:code>/bulletins/<month:month>/<int:number>/", public.disclosure, name="disclosure_detail"),
    path("p/<slug:code>/bulletins/<month:month>.pdf", public.disclosure_print, name="disclosure_print"),
    path(
        "p/<slug:code>/bulletins/<month:month>/<int:number>.pdf",
        public.disclosure_print,
        name="disclosure_print",
    ),
    path(
        "p/<slug:code>/bulletins/<month:month>/<int:number>/charts/<str:chart>.svg",
        public.disclosure_chart,
        name="disclosure_chart",
    ),
    path(
        "p/<slug:code>/bulletins/<month:month>/<int:number>/files/<uuid:file>/",
        public.disclosure_file,
        name="disclosure_file",
    ),
    path(
        "p/<slug:code>/bulletins/<month:month>/photos/<uuid:photo>.jpg",
        public.disclosure_photo,
        name="disclosure_photo",
    ),
    path("home/", home.home, name="home"),
    path("accounts/setup/<str:token>/", setup.setup, name="setup"),
]

street_patterns = [
    path("", street.street_home, name="street_home"),
    path("communities/", setup.street_communities, name="street_communities"),
    path("communities/new/", setup.community_create, name="community_create"),
    path("communities/<slug:code>/director/", setup.director_grant, name="director_grant"),
    path("communities/<slug:code>/director/<int:director>/end/", setup.director_end, name="director_end"),
    path("communities/<slug:code>/director/<int:director>/link/", setup.director_link, name="director_link"),
    path("bulletins/<month:month>.zip", street.street_month, name="street_month"),
    path("bulletins/<slug:code>/<month:month>.pdf", street.street_print, name="street_print"),
    path("bulletins/<slug:code>/<month:month>/", street.street_bulletin, name="street_bulletin"),
    path("bulletins/<slug:code>/<month:month>/read/", street.street_read, name="street_read"),
    path("bulletins/<slug:code>/<month:month>/remark/", street.street_remark, name="street_remark"),
]

urlpatterns = [
    path("c/<slug:community>/", include(community_patterns)),
    path("street/", include(street_patterns)),
    path("", include(public_patterns)),
]

from django.urls import include, path

from community import months, registers  # noqa: F401 - months brings the converter of <month:…>
from community.views import (
    accounts,
    bulletin,
    figures,
    home,
    objection,
    organisation,
    person,
    phone,
    profile,
    public,
    rule,
    setup,
    street,
    task,
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
    path("phones/", phone.phone_list, name="phone_list"),
    path("phones/slips/", phone.phone_slips, name="phone_slips"),
    path("phones/<int:phone>/end/", phone.phone_end, name="phone_end"),
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
    path("tasks/<uuid:row>/", task.TaskView.as_view(), name="task_detail"),
    path("tasks/<uuid:row>/take/", task.TakeView.as_view(), name="task_take"),
    path("tasks/<uuid:row>/hand-on/", task.HandOnView.as_view(), name="task_hand_on"),
    path("tasks/<uuid:row>/finish/", task.FinishView.as_view(), name="task_finish"),
    path("tasks/<uuid:row>/decline/", task.DeclineView.as_view(), name="task_decline"),
    path("tasks/<uuid:row>/reopen/", task.ReopenView.as_view(), name="task_reopen"),
    *register_urls(registers.TaskRegister),
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
    path("bulletins/<month:month>/submit/", bulletin.bulletin_submit, name="bulletin_submit"),
    path("bulletins/<month:month>/review/", bulletin.bulletin_review, name="bulletin_review"),
    path("bulletins/<month:month>/approve/", bulletin.bulletin_approve, name="bulletin_approve"),
    path("bulletins/<month:month>/waive/", bulletin.bulletin_waive, name="bulletin_waive"),
    path("bulletins/<month:month>/correct/", bulletin.bulletin_correct, name="bulletin_correct"),
    path(
        "bulletins/<month:month>/correct/drop/",
        bulletin.bulletin_correct_drop,
        name="bulletin_correct_drop",
    ),
    path("bulletins/<month:month>/recompute/", bulletin.bulletin_recompute, name="bulletin_recompute"),
    path("objections/", objection.objection_list, name="objection_list"),
    path("objections/<uuid:objection>/", objection.objection_detail, name="objection_detail"),
    path("objections/<uuid:objection>/answer/", objection.objection_answer, name="objection_answer"),
    path("objections/<uuid:objection>/hand-over/", objection.objection_hand_over, name="objection_hand_over"),
    path("rules/", rule.rule_list, name="rule_list"),
]

public_patterns = [
    path("", public.front, name="front"),
    path("p/<slug:code>/", public.profile, name="profile_detail"),
    path("p/<slug:code>/bulletins/", public.disclosure_list, name="disclosure_list"),
    path("p/<slug:code>/bulletins/<month:month>/", public.disclosure, name="disclosure_detail"),
    path("p/<slug:code>/bulletins/<month:month>/<int:number>/", public.disclosure, name="disclosure_detail"),
    path("p/<slug:code>/bulletins/<month:month>.pdf", public.disclosure_print, name="disclosure_print"),
    path(
        "p/<slug:code>/bulletins/<month:month>/<int:number>.pdf",
        public.disclosure_print,
        name="disclosure_print",
    ),
    path("p/<slug:code>/notices/<uuid:notice>/object/", public.objection_create, name="objection_create"),
    path("objections/", public.objection_track, name="objection_track"),
    path("home/", home.home, name="home"),
    path("accounts/setup/<str:token>/", setup.setup, name="setup"),
    path("accounts/phone/", phone.phone_pin, name="phone_pin"),
    path("accounts/phone/bind/<str:token>/", phone.phone_bind, name="phone_bind"),
    path("accounts/phone/<int:phone>/end/", phone.phone_leave, name="phone_leave"),
]

street_patterns = [
    path("", street.street_home, name="street_home"),
    path("communities/", setup.street_communities, name="street_communities"),
    path("communities/new/", setup.community_create, name="community_create"),
    path("communities/<slug:code>/director/", setup.director_grant, name="director_grant"),
    path("communities/<slug:code>/director/<int:director>/end/", setup.director_end, name="director_end"),
    path("communities/<slug:code>/director/<int:director>/link/", setup.director_link, name="director_link"),
    path("bulletins/<slug:code>/<month:month>.pdf", street.street_print, name="street_print"),
]

urlpatterns = [
    path("c/<slug:community>/", include(community_patterns)),
    path("street/", include(street_patterns)),
    path("", include(public_patterns)),
]

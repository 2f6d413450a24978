"""Pages of the community's desk and of the members' phone, one module a feature."""

from django.urls import include, path

from partybuilding.member_phone.urls import member_urlpatterns
from partybuilding.public_board.urls import public_urlpatterns

app_name = "partybuilding"

urlpatterns = [
    path("c/<slug:community>/", include("partybuilding.members.urls")),
    path("c/<slug:community>/", include("partybuilding.branch_life.urls")),
    path("c/<slug:community>/", include("partybuilding.appraisal.urls")),
    path("c/<slug:community>/", include("partybuilding.public_board.urls")),
    path("p/<slug:code>/", include(public_urlpatterns)),
    path("c/<slug:community>/", include("partybuilding.duties.urls")),
    path("c/<slug:community>/", include("partybuilding.member_phone.urls")),
    path("m/", include(member_urlpatterns)),
    path("c/<slug:community>/", include("partybuilding.organisations.urls")),
    path("c/<slug:community>/", include("partybuilding.elections.urls")),
    path("c/<slug:community>/", include("partybuilding.goods.urls")),
    path("c/<slug:community>/", include("partybuilding.donations.urls")),
]

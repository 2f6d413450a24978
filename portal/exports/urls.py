from django.urls import path

from portal.exports.views import jobs, sensitive_exports

urlpatterns = [
    path("c/<slug:community>/jobs/<uuid:job>/", jobs.detail, name="job_detail"),
    path("c/<slug:community>/jobs/<uuid:job>/file/", jobs.made_file, name="job_file"),
    path("c/<slug:community>/releases/<uuid:release>/", sensitive_exports.detail, name="release_detail"),
    path(
        "c/<slug:community>/releases/<uuid:release>/decide/", sensitive_exports.decide, name="release_decide"
    ),
    path("c/<slug:community>/releases/<uuid:release>/file/", sensitive_exports.fetch, name="release_file"),
    path(
        "c/<slug:community>/releases/<uuid:release>/withdraw/",
        sensitive_exports.withdraw,
        name="release_withdraw",
    ),
]

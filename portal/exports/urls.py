from django.urls import path

from portal.exports.views import jobs, sensitive_exports

urlpatterns = [
    path("c/<slug:community>/jobs/<uuid:job>/", jobs.detail, name="job_detail"),
    path("c/<slug:community>/jobs/<uuid:job>/file/", jobs.generated_file, name="job_file"),
    path(
        "c/<slug:community>/releases/<uuid:export>/",
        sensitive_exports.detail,
        name="sensitive_export_detail",
    ),
    path(
        "c/<slug:community>/releases/<uuid:export>/decide/",
        sensitive_exports.Decide.as_view(),
        name="sensitive_export_decide",
    ),
    path(
        "c/<slug:community>/releases/<uuid:export>/file/",
        sensitive_exports.fetch,
        name="sensitive_export_file",
    ),
    path(
        "c/<slug:community>/releases/<uuid:export>/withdraw/",
        sensitive_exports.withdraw,
        name="sensitive_export_withdraw",
    ),
]

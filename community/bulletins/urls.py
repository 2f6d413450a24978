from django.urls import include, path

from community.bulletins.views import aid, drafts, posting, steps
from portal.files.body_limits import takes_files
from portal.values import months  # noqa: F401 - the converter of <month:…>

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("bulletins/", drafts.bulletin_list, name="bulletin_list"),
                path("bulletins/start/", drafts.bulletin_start, name="bulletin_start"),
                path("bulletins/<month:month>/", drafts.bulletin_detail, name="bulletin_detail"),
                path("bulletins/<month:month>/edit/", drafts.bulletin_edit, name="bulletin_edit"),
                path("bulletins/<month:month>/aid/", aid.bulletin_aid, name="bulletin_aid"),
                path(
                    "bulletins/<month:month>/aid/<uuid:recipient>/remove/",
                    aid.bulletin_aid_remove,
                    name="bulletin_aid_remove",
                ),
                path("bulletins/<month:month>/rows/<str:key>/", posting.bulletin_rows, name="bulletin_rows"),
                path(
                    "bulletins/<month:month>/charts/<str:chart>.svg",
                    posting.bulletin_chart,
                    name="bulletin_chart",
                ),
                path(
                    "bulletins/<month:month>/files/",
                    takes_files(posting.bulletin_files_edit),
                    name="bulletin_files",
                ),
                path(
                    "bulletins/<month:month>/files/<uuid:file>/", posting.bulletin_file, name="bulletin_file"
                ),
                path(
                    "bulletins/<month:month>/files/<uuid:file>/remove/",
                    posting.bulletin_file_remove,
                    name="bulletin_file_remove",
                ),
                path(
                    "bulletins/<month:month>/photos/",
                    takes_files(posting.bulletin_photos),
                    name="bulletin_photos",
                ),
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
                path("bulletins/<month:month>/submit/", steps.bulletin_submit, name="bulletin_submit"),
                path("bulletins/<month:month>/review/", steps.bulletin_review, name="bulletin_review"),
                path(
                    "bulletins/<month:month>/approve/",
                    steps.bulletin_approve,
                    name="bulletin_approve",
                ),
                path("bulletins/<month:month>/waive/", steps.bulletin_waive, name="bulletin_waive"),
                path(
                    "bulletins/<month:month>/correct/",
                    steps.bulletin_correct,
                    name="bulletin_correct",
                ),
                path(
                    "bulletins/<month:month>/correct/drop/",
                    steps.bulletin_correct_drop,
                    name="bulletin_correct_drop",
                ),
                path(
                    "bulletins/<month:month>/recompute/",
                    steps.bulletin_recompute,
                    name="bulletin_recompute",
                ),
            ]
        ),
    ),
]

from django.urls import include, path

from community.bulletins.views import aid, drafts, posting, review, steps
from portal.files.body_limits import takes_files
from portal.values import months  # noqa: F401 - the converter of <month:…>

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("bulletins/", drafts.bulletin_list, name="bulletin_list"),
                path("bulletins/start/", drafts.BulletinStart.as_view(), name="bulletin_start"),
                path("bulletins/last/", drafts.last_bulletin, name="bulletin_last"),
                path("bulletins/<month:month>/", drafts.bulletin_detail, name="bulletin_detail"),
                path("bulletins/<month:month>/edit/", drafts.BulletinEdit.as_view(), name="bulletin_edit"),
                path("bulletins/<month:month>/aid/", aid.BulletinAid.as_view(), name="bulletin_aid"),
                path(
                    "bulletins/<month:month>/aid/<uuid:recipient>/remove/",
                    aid.BulletinAidRemove.as_view(),
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
                    takes_files(posting.BulletinFiles.as_view()),
                    name="bulletin_files",
                ),
                path(
                    "bulletins/<month:month>/files/<uuid:file>/", posting.bulletin_file, name="bulletin_file"
                ),
                path(
                    "bulletins/<month:month>/files/<uuid:file>/remove/",
                    posting.BulletinFileRemove.as_view(),
                    name="bulletin_file_remove",
                ),
                path(
                    "bulletins/<month:month>/photos/",
                    takes_files(posting.BulletinPhotos.as_view()),
                    name="bulletin_photos",
                ),
                path(
                    "bulletins/<month:month>/photos/<uuid:photo>/down/",
                    posting.BulletinPhotoDown.as_view(),
                    name="bulletin_photo_down",
                ),
                path(
                    "bulletins/<month:month>/photos/<uuid:photo>/remove/",
                    posting.BulletinPhotoRemove.as_view(),
                    name="bulletin_photo_remove",
                ),
                path("bulletins/<month:month>/notice.pdf", posting.bulletin_notice, name="bulletin_notice"),
                path(
                    "bulletins/<month:month>/remarks/<uuid:remark>/answer/",
                    posting.BulletinRemarkAnswer.as_view(),
                    name="bulletin_remark_answer",
                ),
                path(
                    "bulletins/<month:month>/submit/", steps.BulletinSubmit.as_view(), name="bulletin_submit"
                ),
                path(
                    "bulletins/<month:month>/review/", steps.BulletinReview.as_view(), name="bulletin_review"
                ),
                path(
                    "bulletins/<month:month>/review/all/",
                    review.BulletinAgreeAll.as_view(),
                    name="bulletin_agree_all",
                ),
                path(
                    "bulletins/<month:month>/approve/",
                    steps.BulletinApprove.as_view(),
                    name="bulletin_approve",
                ),
                path("bulletins/<month:month>/waive/", steps.BulletinWaive.as_view(), name="bulletin_waive"),
                path(
                    "bulletins/<month:month>/correct/",
                    steps.BulletinCorrect.as_view(),
                    name="bulletin_correct",
                ),
                path(
                    "bulletins/<month:month>/correct/drop/",
                    steps.BulletinCorrectDrop.as_view(),
                    name="bulletin_correct_drop",
                ),
                path(
                    "bulletins/<month:month>/recompute/",
                    steps.BulletinRecompute.as_view(),
                    name="bulletin_recompute",
                ),
            ]
        ),
    ),
]

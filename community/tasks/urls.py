from django.urls import include, path

from community.tasks import views
from community.tasks.registers import TaskRegister
from portal.register_pages.views import register_urls

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("tasks/<uuid:row>/", views.TaskView.as_view(), name="task_detail"),
                path("tasks/<uuid:row>/take/", views.TakePage.as_view(), name="task_take"),
                path("tasks/<uuid:row>/hand-on/", views.HandOnPage.as_view(), name="task_hand_on"),
                path("tasks/<uuid:row>/finish/", views.FinishPage.as_view(), name="task_finish"),
                path("tasks/<uuid:row>/decline/", views.DeclinePage.as_view(), name="task_decline"),
                path("tasks/<uuid:row>/reopen/", views.ReopenPage.as_view(), name="task_reopen"),
                *register_urls(TaskRegister),
            ]
        ),
    ),
]

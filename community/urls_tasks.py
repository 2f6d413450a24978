from django.urls import include, path

from community.registers_tasks import TaskRegister
from community.views import task
from portal.views.register import register_urls

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("tasks/<uuid:row>/", task.TaskView.as_view(), name="task_detail"),
                path("tasks/<uuid:row>/take/", task.TakeView.as_view(), name="task_take"),
                path("tasks/<uuid:row>/hand-on/", task.HandOnView.as_view(), name="task_hand_on"),
                path("tasks/<uuid:row>/finish/", task.FinishView.as_view(), name="task_finish"),
                path("tasks/<uuid:row>/decline/", task.DeclineView.as_view(), name="task_decline"),
                path("tasks/<uuid:row>/reopen/", task.ReopenView.as_view(), name="task_reopen"),
                *register_urls(TaskRegister),
            ]
        ),
    ),
]

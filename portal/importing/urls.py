"""Addresses of a register's import."""

from django.urls import path

from portal.files.body_limits import takes_files
from portal.importing import views
from portal.importing.correct_views import CorrectView


def import_urls(register) -> list:
    """URL patterns of a register's import, to be included below the register's."""
    upload = takes_files(views.UploadView.as_view(register=register))
    return [path("import/", upload, name=f"{register.noun}_import")] + [
        path(f"import/{route}", view.as_view(register=register), name=f"{register.noun}_{name}")
        for route, view, name in (
            ("template/", views.TemplateView, "import_template"),
            ("<uuid:batch>/", views.BatchView, "import_batch"),
            ("<uuid:batch>/mapping/", views.MappingView, "import_mapping"),
            ("<uuid:batch>/decide/", views.DecideView, "import_decide"),
            ("<uuid:batch>/correct/", CorrectView, "import_correct"),
            ("<uuid:batch>/apply/", views.ApplyView, "import_apply"),
            ("<uuid:batch>/undo/", views.UndoView, "import_undo"),
            ("<uuid:batch>/refused/", views.RefusedView, "import_refused"),
            ("<uuid:batch>/discard/", views.DiscardView, "import_discard"),
        )
    ]

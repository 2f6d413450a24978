"""What the pages of every kind of batch share."""

from django.contrib import messages

from portal.access.querysets import rows
from portal.batches.kinds import BatchKind, BatchRefused, MayStart
from portal.batches.models import Batch


class BatchPages:
    """Mixin for the views of a kind of batch, which have `register` and `get_permission`."""

    kind: BatchKind
    already_handled: str
    """Message when somebody else, or an earlier click, was first."""

    def batches(self):
        """The batches of this register in this community."""
        queryset = rows(self.kind.model, self.request.access, self.get_permission(), self.request.community)
        return queryset.filter(register=self.register.label).select_related("job")

    def start(self, batch: Batch, may: MayStart, state: str, *, title: str, **options) -> bool:
        """Begin a step of the batch (`BatchKind.start`); a message says why it was not begun or refused."""
        try:
            begun = self.kind.start(
                batch,
                may,
                state,
                access=self.request.access,
                community=self.request.community,
                title=title,
                **options,
            )
        except BatchRefused as reason:
            messages.error(self.request, str(reason))
            return False
        if not begun:
            messages.info(self.request, self.already_handled)
        return begun

"""What the pages of every kind of batch share."""

from django.contrib import messages

from portal.access.querysets import rows
from portal.access.roles import BODY_RIGHTS
from portal.batches.kinds import BatchKind, BatchRefused, MayStart
from portal.batches.models import Batch


class BatchPages:
    """Mixin for the views of a kind of batch, which have `register` and `get_permission`."""

    kind: BatchKind
    already_handled: str
    """Message when somebody else, or an earlier click, was first."""

    def batches(self):
        """The batches of this register in this community; with a right held at bodies one's own only, for no batch knows a body."""
        access, community, right = self.request.access, self.request.community, self.get_permission()
        if right not in BODY_RIGHTS:
            queryset = rows(self.kind.model, access, right, community)
        else:
            queryset = self.kind.model._default_manager.of(community)
            if access.bodies(right, community.id) is not None:
                queryset = queryset.filter(user_id=access.user.pk)
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

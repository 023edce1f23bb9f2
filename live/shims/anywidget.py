"""What the explorers need of anywidget where there is no kernel: an object with traits.

The page draws their HTML form with its own scripts.
"""

import traitlets


class AnyWidget(traitlets.HasTraits):
    """A widget without a connection."""

    def _repr_mimebundle_(self, **_):
        return {}, {}

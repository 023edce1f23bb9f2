"""The part of IPython that the cells of the book use."""

from IPython.display import display as display

version_info = (9, 0, 0)  # Matplotlib asks, and does nothing from 8.24 on.


def get_ipython():
    """Return None: no IPython runs here."""
    return None

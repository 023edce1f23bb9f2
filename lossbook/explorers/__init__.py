"""The interactive figures of the book: on a static page, from the keyboard, without a kernel."""

from lossbook.explorers.frames import Frames, svg

__all__ = ["Frames", "svg"]

"""The names of the lines of a figure, each beside its line, in the place of a legend."""

import warnings

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.cbook import flatten
from matplotlib.colors import to_rgba_array
from matplotlib.contour import ContourSet
from matplotlib.lines import Line2D
from matplotlib.mathtext import MathTextParser
from matplotlib.text import Text
from matplotlib.transforms import Bbox

# Right, left, above and below, the corners, and halfway to the corners.
HALVES = (-1, -0.5, 0, 0.5, 1)
SIDES = np.array([(x, y) for x in HALVES for y in HALVES if 1 in (abs(x), abs(y))])
# In points: how far a label is from its line, from all else at least, and where room is enough.
BESIDE, CLEAR, ENOUGH = 8, 3, 30
# In heights of a label: how far it is moved where lines end close together, preferably little.
MOVES = sorted(np.arange(-2, 2.1, 0.25), key=abs)


def label_lines(ax):
    """Write the label of each line beside it, in its color, where it lies on nothing.

    Use it in the place of ``ax.legend()``. The places are chosen whenever the figure is drawn, so
    limits, scales and more lines may come later. A short label stands to the right of the end of
    its line, for which the layout makes room; any other stands beside its line, where the most
    room is. Groups of points, bars and bands are labeled in the same way. Contours are ground:
    labels may lie on them.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The axes whose lines have a ``label``.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were given.

    Warns
    -----
    UserWarning
        When the figure is drawn, if there is no free place for a label.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> figure, ax = plt.subplots()
    >>> _ = ax.plot([1, 2, 3], [1, 4, 9], label="square")
    >>> ax = label_lines(ax)
    >>> _ = ax.set_yscale("log")  # the label moves along
    >>> plt.close(figure)
    """
    if not any(isinstance(artist, _Labels) for artist in ax.artists):
        ax.add_artist(_Labels())
    return ax


def ink(color):
    """Return a color, darkened until text in it can be read on white: 4.5 to 1, as WCAG 2.2 asks.

    Examples
    --------
    >>> ink("yellow").round(2)
    array([0.44, 0.44, 0.  ])
    >>> ink("black")
    array([0., 0., 0.])
    """
    rgb = to_rgba_array(color)[0, :3]
    light = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return rgb * np.sqrt(0.18 / max(0.18, light @ [0.2126, 0.7152, 0.0722]))


def share_formulas():
    """Let each figure take from Matplotlib what an earlier one has parsed.

    Matplotlib keeps a parsed formula by its parser, and each renderer has a parser of its own. So
    every figure parses the powers of ten at its axes anew, which takes a third of its time.

    Examples
    --------
    >>> share_formulas()
    >>> MathTextParser("path") == MathTextParser("path"), MathTextParser("path") == "path"
    (True, False)
    """
    MathTextParser.__eq__ = _is_alike
    MathTextParser.__hash__ = _kind


def _is_alike(parser, other):
    return isinstance(other, MathTextParser) and vars(parser) == vars(other)


def _kind(parser):
    return hash(MathTextParser)


class _Labels(Artist):
    """The labels of the axes to which it is added, placed anew whenever the figure is drawn."""

    def __init__(self):
        super().__init__()
        self.set(zorder=5, clip_on=False)

    def get_tightbbox(self, renderer=None):
        """Return the box around the labels, for which the layout makes room."""
        boxes = [text.get_window_extent() for text in self._placed(np.inf)[0]]
        return Bbox.union(boxes) if boxes else None

    def draw(self, renderer):
        """Draw the labels, and warn of those for which there is no free place."""
        if not self.get_visible():
            return
        texts, crowded = self._placed(self.figure.bbox.x1)
        for text in texts:
            text.draw(renderer)
        for label in crowded:
            warnings.warn(
                f"there is no free place for the label {label!r} beside its line; shorten it, or "
                "enlarge the figure or the limits of its axes",
                stacklevel=1,
            )

    def _placed(self, edge):
        """Return the texts in their places, and the labels that are not seen or lie on something.

        No label ends to the right of the edge.
        """
        ax, named, step = self.axes, {}, _step(self.figure)
        for handle, label in zip(*self.axes.get_legend_handles_labels()):
            named[label] = list(flatten([handle]))
        own = {label: _inked(artists, self.figure) for label, artists in named.items()}
        parts = [artist for artists in named.values() for artist in artists]
        others = [a for a in (*ax.lines, *ax.patches, *ax.collections, *ax.texts) if a not in parts]
        taken = _inked([a for a in others if not isinstance(a, ContourSet)], self.figure)
        seen = [label for label in named if own[label].any()]
        crowded = [label for label in named if label not in seen]
        texts = []
        # Where lines end close together, the upper one keeps its label at its height.
        for label in sorted(seen, key=lambda label: -np.argwhere(own[label])[-1, 1]):
            text = self._text(label, named[label][0])
            rest = np.any([taken, *(own[other] for other in named if other != label)], axis=0)
            corner, free = self._place(text, named[label][0], own[label], rest, edge)
            text.set_position(corner)
            texts.append(text)
            # Labels may stand closer to each other than to lines.
            box = text.get_window_extent().padded(-CLEAR * self.figure.dpi / 72)
            (left, low), (right, high) = (box.get_points() / step).astype(int)
            taken[left : right + 1, low : high + 1] = True
            crowded += [] if free else [label]
        return texts, crowded

    def _text(self, label, artist):
        color = artist.get_color() if isinstance(artist, Line2D) else artist.get_facecolor()
        text = Text(0, 0, label, color=ink(color), va="bottom", figure=self.figure)
        if any(isinstance(ground, ContourSet) for ground in self.axes.collections):
            text.set_bbox({"color": "white", "alpha": 0.7, "linewidth": 0, "pad": 1})
        return text

    def _place(self, text, artist, own, rest, edge):
        """Return the lower left corner of a label in the best place, and whether that is free."""
        size, box, step = text.get_window_extent().size, self.axes.bbox, _step(self.figure)
        point = self.figure.dpi / 72
        on_all, on_rest = _sums(own | rest), _sums(rest)

        def free(corners, right, top):
            inside = (corners > box.min + CLEAR * point) & (corners + size <= (right, top))
            ink = _ink_around(on_all, corners, size, CLEAR * point, step)
            return inside.all(axis=1) & (ink == 0)

        places = (np.argwhere(own) + 0.5) * step
        tip, short = places[-1], size[0] < 0.3 * self.figure.bbox.width
        if _has_end(artist) and short and tip[0] > box.x1 - 0.1 * box.width:
            # A dashed line may have its end in a gap.
            end = np.nanmax(artist.get_transform().transform(artist.get_xydata())[:, 0])
            tip[0] = np.clip(end, tip[0], tip[0] + BESIDE * point)
            corners = tip + [(BESIDE * point, (move - 0.5) * size[1]) for move in MOVES]
            if (found := free(corners, edge, box.y1 + size[1] / 2)).any():
                return corners[found.argmax()], True
        gaps = BESIDE * point * np.array([1, 2])[:, None, None]
        corners = places[:: len(places) // 100 + 1, None, None] + SIDES * gaps
        gaps = np.broadcast_to(gaps, (*corners.shape[:-1], 1)).reshape(-1, 1)
        corners = (corners + (SIDES - 1) / 2 * size).reshape(-1, 2)
        corners = np.clip(corners, box.min + (CLEAR + 1) * point, box.max - size)
        found = free(corners, box.x1, box.y1)
        crowd = _ink_around(on_rest, corners, size, ENOUGH * point, step)
        nearest = _ink_around(on_rest, corners, size, gaps, step) == 0
        # Of places that are as free, the one farthest to the right.
        best = (1e6 * found + 1e5 * nearest - crowd + 1e-3 * corners[:, 0]).argmax()
        return corners[best], found[best]


def _has_end(artist):
    """Return whether an artist is a line, or one point of one."""
    line = isinstance(artist, Line2D)
    return line and (artist.get_linestyle() != "None" or len(artist.get_xdata()) == 1)


def _step(figure):
    """Return two points in pixels, the size of the cells that are inked or free."""
    return max(round(figure.dpi / 36), 1)


def _inked(artists, figure):
    """Return for each cell of a figure, from left to right and up, whether artists draw in it."""
    step = _step(figure)
    width, height = (int(size) // step + 1 for size in figure.bbox.size)
    paper = RendererAgg(width * step, height * step, figure.dpi)
    for artist in artists:
        artist.draw(paper)
    inked = np.asarray(paper.buffer_rgba())[::-1, :, 3] > 0
    # Row by row, column by column: ten times as fast as any() over both axes of small blocks.
    inked = np.any([inked[first::step] for first in range(step)], axis=0)
    return np.any([inked[:, first::step] for first in range(step)], axis=0).T


def _sums(inked):
    """Return how many cells are inked to the left of and below each corner of a cell."""
    sums = inked.cumsum(axis=0, dtype=np.int32).cumsum(axis=1, dtype=np.int32)
    return np.pad(sums, ((1, 0), (1, 0)))


def _ink_around(sums, corners, size, margin, step):
    """Return how many cells are inked in each box, which is given by its lower left corner."""
    cells = np.array(sums.shape) - 1
    left, low = np.clip((corners - margin) // step, 0, cells).astype(int).T
    right, high = np.clip((corners + size + margin) // step + 1, 0, cells).astype(int).T
    return sums[right, high] - sums[left, high] - sums[right, low] + sums[left, low]

"""The names of the lines of a figure, each beside its line, in the place of a legend."""

import warnings

import numpy as np
from matplotlib.artist import Artist
from matplotlib.cbook import flatten
from matplotlib.collections import Collection, PathCollection, PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.container import Container
from matplotlib.contour import ContourSet
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Bbox

NONE = np.empty((0, 2))
HALVES = (-1, -0.5, 0, 0.5, 1)
# Right, left, above and below, the corners, and halfway to the corners.
SIDES = np.array([(x, y) for x in HALVES for y in HALVES if 1 in (abs(x), abs(y))])
# In points: how far a label is from its line, from all else at least, and where room is enough.
BESIDE, CLEAR, ENOUGH = 6, 3, 30
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
    rgb = np.array(to_rgb(color))
    light = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return rgb * np.sqrt(0.18 / max(0.18, light @ [0.2126, 0.7152, 0.0722]))


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
        ax, point = self.axes, self.figure.dpi / 72
        named = {label: handle for handle, label in zip(*ax.get_legend_handles_labels())}
        parts = set(flatten(named.values()))
        others = [a for a in (*ax.lines, *ax.patches, *ax.collections) if a not in parts]
        taken = [_dots(a, ax.bbox, point) for a in others if not isinstance(a, ContourSet)]
        taken += [_grid(*text.get_window_extent().get_points(), point) for text in ax.texts]
        own = {label: _dots(handle, ax.bbox, point) for label, handle in named.items()}
        crowded = [label for label in named if not len(own[label])]
        texts = []
        # Where lines end close together, the upper one keeps its label at its height.
        for label in sorted(own.keys() - crowded, key=lambda k: -own[k][-1, 1]):
            text = _text(ax, label, named[label])
            rest = np.vstack([NONE, *taken, *(own[k] for k in own if k != label)])
            corner, free = _place(text, named[label], own[label], rest, ax.bbox, edge, point)
            text.set_position(corner)
            texts.append(text)
            taken.append(_grid(*text.get_window_extent().get_points(), point))
            crowded += [] if free else [label]
        return texts, crowded


def _text(ax, label, handle):
    first = next(flatten([handle]))
    color = first.get_color() if isinstance(first, Line2D) else first.get_facecolor()
    color = ink(color if isinstance(first, (Line2D, Patch)) else color[0])
    text = Text(0, 0, label, color=color, verticalalignment="bottom", figure=ax.figure)
    if any(isinstance(collection, ContourSet) for collection in ax.collections):
        text.set_bbox({"color": "white", "alpha": 0.7, "linewidth": 0, "pad": 1})
    return text


def _is_curve(artist):
    return not isinstance(artist, Line2D) or artist.get_linestyle() != "None"


def _dots(artist, box, point):
    """Return points on what an artist draws in a box, from left to right, two points apart."""
    if isinstance(artist, Container):
        return np.unique(np.vstack([_dots(a, box, point) for a in flatten(artist)]), axis=0)
    transform, curve, radius = artist.get_transform(), _is_curve(artist), 0
    paths = artist.get_paths() if isinstance(artist, Collection) else [artist.get_path()]
    if isinstance(artist, PathCollection):
        transform, curve = artist.get_offset_transform(), False
        paths = [Path(artist.get_offsets())]
        radius = np.sqrt(artist.get_sizes().max()) / 2
    elif isinstance(artist, Line2D) and artist.get_marker() != "None":
        radius = artist.get_markersize() / 2
    filled = isinstance(artist, PolyCollection) or (isinstance(artist, Patch) and artist.get_fill())
    dots = [NONE]
    for path in paths:
        # A line that leaves the axes need not be followed to infinity.
        ends = np.clip(transform.transform(path.vertices), box.min - 1e4, box.max + 1e4)
        ends = ends[np.isfinite(ends).all(axis=1)]
        if radius:
            dots += [ends + side * radius * point for side in SIDES]
        if curve and len(ends):
            length = np.append(0, np.hypot(*np.diff(ends, axis=0).T).cumsum())
            along = np.arange(0, length[-1] + point, 2 * point)
            if filled:
                low, high = np.clip([ends.min(axis=0), ends.max(axis=0)], box.min, box.max)
                within = _grid(low, high, point)
                dots.append(within[Path(ends).contains_points(within)])
            ends = np.column_stack([np.interp(along, length, x) for x in ends.T])
        dots.append(ends)
    dots = np.vstack(dots)
    dots = dots[((dots >= box.min - point) & (dots <= box.max + point)).all(axis=1)]
    return np.unique(np.round(dots / 2 / point), axis=0) * 2 * point


def _grid(low, high, point):
    """Return points all over a box, at most four points apart."""
    x, y = (np.arange(a, b + 4 * point, 4 * point).clip(a, b) for a, b in zip(low, high))
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


def _room(corners, size, dots):
    """Return how far the nearest dot is from each box, of which the lower left corner is given."""
    middle = corners[:, None] + size / 2
    beyond = np.maximum(np.abs(middle - dots) - size / 2, 0)
    return np.hypot(beyond[..., 0], beyond[..., 1]).min(axis=1, initial=np.inf)


def _place(text, handle, own, dots, box, edge, point):
    """Return the lower left corner of a label in the best place, and whether that is free."""
    size, tip = text.get_window_extent().size, own[-1]

    def free(corners, right):
        inside = ((corners >= box.min) & (corners + size <= (right, box.y1))).all(axis=1)
        return inside & (_room(corners, size, np.vstack([own, dots])) >= CLEAR * point)

    line = isinstance(handle, Line2D) and (_is_curve(handle) or len(handle.get_xdata()) == 1)
    short = size[0] < 0.3 * text.figure.bbox.width
    if line and short and tip[0] > box.x1 - 0.1 * box.width:
        corners = tip + [(BESIDE * point, (move - 0.5) * size[1]) for move in MOVES]
        if (found := free(corners, edge)).any():
            return corners[found.argmax()], True
    anchors = own[:: len(own) // 40 + 1, None, None]
    gaps = BESIDE * point * np.array([1, 2])[:, None, None]
    corners = (anchors + SIDES * gaps + (SIDES - 1) / 2 * size).reshape(-1, 2)
    found = free(corners, box.x1)
    room = np.minimum(_room(corners, size, dots), ENOUGH * point) - _room(corners, size, own)
    # Of places with as much room, the one farthest to the right.
    best = (1e3 * found + room + 1e-3 * corners[:, 0]).argmax()
    return corners[best], found[best]

"""What a picture shows, read from the SVG that Matplotlib wrote: texts as boxes, marks as points.

It knows nothing of how labels are placed.
"""

import functools
import re
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np

SVG, HREF = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
FAR = 30  # In points: two heights of a label, by which one is moved at most, and its margin.


@dataclass
class Drawn:
    words: str
    color: str | None
    low: np.ndarray
    high: np.ndarray
    slanted: bool


@functools.cache
def matrix(transform):
    """Return the matrix of a ``transform`` attribute."""
    product = np.eye(3)
    for name, arguments in re.findall(r"(\w+)\(([^)]*)\)", transform or ""):
        a = [float(number) for number in arguments.replace(",", " ").split()]
        step = np.eye(3)
        if name == "translate":
            step[:2, 2] = a if len(a) == 2 else (a[0], 0)
        elif name == "scale":
            step[0, 0], step[1, 1] = a[0], a[-1]
        elif name == "rotate":
            angle = np.radians(a[0])
            step[:2, :2] = [
                [np.cos(angle), -np.sin(angle)],
                [np.sin(angle), np.cos(angle)],
            ]
        else:
            raise ValueError(
                f"Matplotlib wrote the transform {name}; teach tests/drawn.py to read it"
            )
        product = product @ step
    return product


def points(path):
    """Return the points of a path, of its lines and of those that control its curves."""
    numbers = re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", path.get("d", ""))
    return np.array(numbers, dtype=float).reshape(-1, 2)


def moved(points, by):
    return points @ by[:2, :2].T + by[:2, 2]


def turned(element):
    return [part.get("transform", "") for part in element.iter()]


def color(element, name):
    found = re.search(rf"(?:^|; ?){name}: (#\w{{6}})", element.get("style", ""))
    return found and found[1]


def read(svg):
    """Return the texts of a picture, its marks as pairs of color and points, and its size."""
    root = ElementTree.fromstring(
        svg, ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    )
    shapes = {
        p.get("id"): moved(points(p), matrix(p.get("transform"))) for p in root.iter(f"{SVG}path")
    }
    texts, marks = [], []

    def glyphs(element, by):
        by = by @ matrix(element.get("transform"))
        if element.tag == f"{SVG}use":
            yield moved(shapes[element.get(HREF)[1:]], by)
        for child in element if element.tag != f"{SVG}defs" else ():
            yield from glyphs(child, by)

    def walk(element):
        if element.get("id", "").startswith("text_"):
            ink = np.vstack([np.empty((0, 2)), *glyphs(element, np.eye(3))])
            if len(ink):
                colors = [c for part in element.iter() if (c := color(part, "fill"))]
                said = [p.text.strip() for p in element.iter() if p.tag is ElementTree.Comment]
                words = " ".join(said)
                # A white ground under a label is not its color.
                colors = [c for c in colors if c != "#ffffff"]
                slanted = any("rotate(-90)" not in t and "rotate" in t for t in turned(element))
                ends = ink.min(axis=0), ink.max(axis=0)
                texts.append(Drawn(words, (colors or [None])[0], *ends, slanted))
            return
        at = None
        if element.tag == f"{SVG}path":
            at = points(element)
        elif element.tag == f"{SVG}use" and element.get("x"):
            at = np.array([[float(element.get("x")), float(element.get("y"))]])
            at = moved(shapes[element.get(HREF)[1:]], np.eye(3)) + at
        if at is not None and len(at):
            for name in ("stroke", "fill"):
                if found := color(element, name):
                    marks.append((found, at))
        for child in element if element.tag != f"{SVG}defs" else ():
            walk(child)

    walk(root)
    return texts, marks, [float(n) for n in root.get("viewBox").split()[2:]]


def away(text, line):
    """Return how far a text is from a line, which is followed in steps of three points."""
    steps = np.diff(line, axis=0)
    counts = np.minimum(np.hypot(*steps.T) / 3, 1000).astype(int)
    which = np.repeat(np.arange(len(steps)), counts + 1)
    passed = np.arange(len(which)) - np.repeat(np.cumsum(counts + 1) - counts - 1, counts + 1)
    shares = passed / np.maximum(counts, 1)[which]
    at = np.vstack([line, line[which] + shares[:, None] * steps[which]])
    beyond = np.maximum(np.maximum(text.low - at, at - text.high), 0)
    return np.hypot(*beyond.T).min()


def faults(svg, ink):
    """Return in words what is wrong with the texts of a picture.

    ``ink`` tells the color of a label from that of its line.
    """
    texts, marks, size = read(svg)
    found = []
    for number, text in enumerate(texts):
        if (text.low < -0.5).any() or (text.high > np.add(size, 0.5)).any():
            found.append(f"{text.words!r} leaves the picture")
        for other in texts[:number]:
            # The boxes of slanted texts overlap, and the texts do not.
            shared = np.minimum(text.high, other.high) - np.maximum(text.low, other.low)
            if (shared > 0.5).all() and not (text.slanted and other.slanted):
                found.append(f"{text.words!r} lies on {other.words!r}")
        if text.color in (None, "#000000"):
            continue
        # Colored text in a picture without marks of its color is no label of a line.
        own = [at for color, at in marks if text.color in (color, ink(color))]
        if own and min(away(text, at) for at in own) > FAR:
            found.append(f"{text.words!r} is far from its line")
    return found

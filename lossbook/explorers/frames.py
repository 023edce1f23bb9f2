"""A figure with one control: pictures drawn beforehand, one for each choice.

It needs no script. On the site, ``_ext/explorers.js`` puts a slider with a play button in the place
of the buttons where the choices are numbers.
"""

import base64
import html
import io
import itertools
from dataclasses import dataclass

import matplotlib.pyplot as plt

_numbers = itertools.count()

# Of the pictures, the one whose radio button is checked is shown. Radio buttons bring the keyboard
# (arrow keys) and the screen reader with them. A browser that is too old to choose shows them all.
_STYLE = """
#{id} {{ border: 0; padding: 0; margin: 0; min-width: 0; }}
#{id} > label {{ cursor: pointer; padding: .4em 0; margin-right: .8em; display: inline-block; }}
#{id} > label > input {{ margin: 0 .3em 0 0; }}
#{id} > img {{ max-width: 100%; height: auto; }}
@supports selector(:has(*)) {{
#{id} > img {{ display: none; }}
{rules}
}}
"""
_RULE = "#{id}:has(#{id}-{n}:checked) > img:nth-of-type({n}) {{ display: block; }}"


@dataclass(frozen=True)
class Frames:
    """Pictures of one thing at several settings, with a row of buttons to choose among them.

    Works in a notebook and on a static page, without JavaScript.

    Attributes
    ----------
    question : str
        What the reader chooses, for instance "Steps taken".
    frames : dict
        For each choice, the text of its button, a pair: an SVG picture, see :func:`svg`, and its
        alternative text.
    start : str, optional
        The choice that is shown first. Without one, the middle of choices that are numbers, where
        most is to be seen, and the first of others.

    Raises
    ------
    ValueError
        If there is no such choice.

    Examples
    --------
    >>> def draw(slope):
    ...     figure, ax = plt.subplots()
    ...     ax.plot([0, 1], [0, slope])
    ...     return svg(figure), f"a line of slope {slope}"
    >>> Frames("Slope", {str(slope): draw(slope) for slope in (1, 2)})
    Frames: Slope
      1: a line of slope 1
      2: a line of slope 2
    """

    question: str
    frames: dict
    start: str | None = None

    def __post_init__(self):
        if self.start is not None and self.start not in self.frames:
            raise ValueError(
                f"start is {self.start!r}; expected one of the choices {', '.join(self.frames)}"
            )

    @property
    def _shown(self):
        """The number of the choice that is shown first, from 1."""
        choices = list(self.frames)
        if self.start is not None:
            return choices.index(self.start) + 1
        return len(choices) // 2 + 1 if self._ordered else 1

    @property
    def _ordered(self):
        try:
            [float(choice.replace(",", "")) for choice in self.frames]
        except ValueError:
            return False
        return True

    def __repr__(self):
        described = (f"\n  {choice}: {alt}" for choice, (_, alt) in self.frames.items())
        return f"Frames: {self.question}{''.join(described)}"

    def _repr_html_(self):
        name = f"lossbook-frames-{next(_numbers)}"
        rules = "\n".join(_RULE.format(id=name, n=n) for n in range(1, len(self.frames) + 1))
        buttons = "".join(
            f'<label><input type="radio" name="{name}" id="{name}-{n}"'
            f"{' checked' if n == self._shown else ''}>{html.escape(choice)}</label>"
            for n, choice in enumerate(self.frames, start=1)
        )
        pictures = "".join(
            f'<img src="data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}" '
            f'alt="{html.escape(alt)}">'
            for picture, alt in self.frames.values()
        )
        ordered = " data-ordered" if self._ordered else ""
        return (
            f"<style>{_STYLE.format(id=name, rules=rules)}</style>"
            f'<fieldset id="{name}" class="lossbook-frames"{ordered}>'
            f"<legend>{html.escape(self.question)}</legend>{buttons}{pictures}</fieldset>"
        )


def svg(figure, widest=4.8):
    """Return the figure as SVG text, the same at every run, and close it.

    A figure wider than ``widest`` inches is drawn in that width, its text as large as before: on a
    phone, where a page is some 4.8 inches wide at the size of its text, it can be read.
    """
    width, height = figure.get_size_inches()
    if widest is not None and width > widest:
        figure.set_size_inches(widest, height)
    buffer = io.StringIO()
    with plt.rc_context({"svg.hashsalt": "lossbook", "svg.fonttype": "path"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    plt.close(figure)
    return buffer.getvalue()[buffer.getvalue().index("<svg") :]

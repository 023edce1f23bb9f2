"""What the explorers share: one script for the notebook and for the page, and a picture without.

An explorer is an anywidget whose script is ``js/<name>.js``, an ES module without build step. In a
notebook the kernel and the script keep one state. On the site there is no kernel and no widget
manager: the output is a ``<figure>`` that holds the state and a picture, and a small loader, see
``_ext/explorers.py``, runs the same module on it when it comes near the view. Without JavaScript,
and on paper before that, the picture stays.
"""

import base64
import html
import json
import re
from importlib.resources import files

import anywidget
import matplotlib.pyplot as plt
import traitlets

from lossbook import plots
from lossbook.explorers.frames import svg

_SCRIPTS = files("lossbook") / "explorers" / "js"
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
STYLE = (_SCRIPTS / "explorers.css").read_text(encoding="utf-8")


def module(name):
    """Return the source of an explorer's ES module with its imports written into it, each once.

    >>> source = module("descent")
    >>> "import" in source.split(), source.count("export default")
    (False, 1)
    """
    return "\n".join(_with_imports(name, []))


def _with_imports(name, seen):
    if name in seen:
        return []
    seen.append(name)
    text = (_SCRIPTS / f"{name}.js").read_text(encoding="utf-8")
    parts = [part for other in _IMPORT.findall(text) for part in _with_imports(other, seen)]
    return [*parts, _IMPORT.sub("", text)]


def classic_script(name):
    """Return the module as a script that registers itself, for pages opened as files too.

    Browsers refuse to load modules from ``file://``.

    >>> classic_script("descent").splitlines()[-2]
    '(window.lossbookExplorers ??= {})["descent"] = render;'
    """
    body = module(name).replace("export default { render };\n", "")
    body = re.sub(r"^export ", "", body, flags=re.MULTILINE)
    register = f'(window.lossbookExplorers ??= {{}})["{name}"] = render;'
    return f'(() => {{\n"use strict";\n{body}\n{register}\n}})();\n'


class Number(traitlets.Float):
    """A finite number from ``low`` to ``high``."""

    def __init__(self, default, low, high):
        super().__init__(default)
        self.low, self.high = low, high
        self.tag(sync=True)

    def validate(self, obj, value):
        """Return the number; raise if it is something else or out of range."""
        value = super().validate(obj, value)
        if not self.low <= value <= self.high:
            raise traitlets.TraitError(
                f"{self.name or 'an entry'} is {value}; "
                f"expected a number from {self.low} to {self.high}"
            )
        return value


def choice(options, default):
    """Return a synchronized trait with one of the options as value."""
    return traitlets.Enum(list(options), default).tag(sync=True)


def point(default, low, high):
    """Return a synchronized trait for a pair of numbers."""
    number = [Number(coordinate, low, high) for coordinate in default]
    return traitlets.Tuple(*number, default_value=default).tag(sync=True)


class Explorer(anywidget.AnyWidget):
    """An interactive figure; see the subclasses.

    A subclass has a ``name``, that of its script, its state as synchronized traits, ``results`` and
    ``draw``.
    """

    name = None
    caption = traitlets.Unicode().tag(sync=True)
    _css = STYLE

    def __init_subclass__(cls, **settings):
        # Once for each explorer: anywidget derives a class of its own from every instance's.
        if "name" in vars(cls):
            cls._esm = module(cls.name)
        super().__init_subclass__(**settings)

    @property
    def state(self):
        """What the reader can change, by name."""
        return {name: getattr(self, name) for name in self.own_state}

    def results(self):
        """Return what follows from the state, in words: {what: text}."""
        raise NotImplementedError

    def draw(self):
        """Return the figure that stands for the explorer where no script runs."""
        raise NotImplementedError

    def __repr__(self):
        lines = [f"{key} = {value}" for key, value in self.state.items()]
        lines += [f"{key}: {value}" for key, value in self.results().items()]
        return "\n  ".join([f"{type(self).__name__}:", *lines])

    def _repr_mimebundle_(self, **options):
        data, metadata = super()._repr_mimebundle_(**options)
        return data | {"text/plain": repr(self), "text/html": self._figure()}, metadata

    def _figure(self):
        state = html.escape(json.dumps(self.state, ensure_ascii=False), quote=True)
        with plt.rc_context():
            plots.use_style()
            picture = base64.b64encode(svg(self.draw(), widest=None).encode()).decode()
        described = ", ".join(f"{key}: {value}" for key, value in self.results().items())
        return (
            f'<figure class="lossbook-explorer" data-explorer="{self.name}" data-state="{state}">'
            f'<div class="lossbook-still"><img src="data:image/svg+xml;base64,{picture}" '
            f'alt="{html.escape(described)}"></div>'
            f"<figcaption>{html.escape(self.caption)}</figcaption></figure>"
        )


def show(number):
    """Return a number as readers see it, the same on every machine.

    >>> show(2 / 3), show(-0.0)
    ('0.6667', '0')
    """
    return f"{number + 0.0:.4g}"

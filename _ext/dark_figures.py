"""Figures that are lines are drawn dark on a dark page, in colors of their own.

A rule inside each SVG file gives each of its colors another one where the page around it is dark.
It brings its ground along: it can be read in a browser that asks the system instead of the page.
The theme's own way, `only-light` and `only-dark`, would need every figure twice.
"""

import colorsys
import re
from pathlib import Path

from matplotlib.colors import to_hex

from lossbook import plots
from lossbook.labels import ink

# The page's ground and text in the dark; the first four lines are those of the explorers.
GROUND, TEXT = "#121212", "#ced6dd"
LINES = ("#56b4e9", "#f58a42", "#35c496", "#e08cbb", "#f5c542", "#b5e2ff")
# A line, and its label, which is darker on white.
PALETTE = dict(zip(map(str.lower, plots.COLORS), LINES, strict=True))
PALETTE |= dict(zip([to_hex(ink(color)) for color in plots.COLORS], LINES, strict=True))
COLOR = re.compile(r"""\b(fill|stroke)(: |=")(#[0-9a-f]{6})""")
HEAD = re.compile(r"<svg\b[^>]*>")
MARK = "<style>@media screen and (prefers-color-scheme:dark)"


def dark(color):
    """Return a color in the dark: that of the palette, a gray, or the same hue in a new light."""
    if color in PALETTE:
        return PALETTE[color]
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    if red == green == blue:
        ends = [[int(end[start : start + 2], 16) for start in (1, 3, 5)] for end in (TEXT, GROUND)]
        channels = [round(a + (b - a) * red) for a, b in zip(*ends)]
    else:
        hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
        turned = colorsys.hls_to_rgb(hue, 1 - lightness, saturation)
        channels = [round(255 * channel) for channel in turned]
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def drawn_dark(svg):
    """Return an SVG with the rule that draws it in the colors of a dark page."""
    rules = [f"svg{{background:{GROUND};fill:{TEXT}}}"]
    for kind, sign, color in sorted(set(COLOR.findall(svg))):
        where = f'[style*="{kind}: {color}"]' if sign == ": " else f'[{kind}="{color}"]'
        rules.append(f"{where}{{{kind}:{dark(color)}!important}}")
    return HEAD.sub(lambda head: f"{head[0]}{MARK}{{{''.join(rules)}}}</style>", svg, count=1)


def draw_dark(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    for file in sorted((Path(app.outdir) / app.builder.imagedir).glob("*.svg")):
        svg = file.read_text(encoding="utf-8")
        if MARK not in svg:
            file.write_text(drawn_dark(svg), encoding="utf-8")


def setup(app):
    app.connect("build-finished", draw_dark)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

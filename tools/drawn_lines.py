"""Figures as lines beside pixels: a page shows what is sharp at any size, a notebook keeps its PNG.

Only the kernels of the build draw both, so that no notebook says a word of it. A figure stays as
pixels if it holds some, such as a photograph, or if its lines would be heavier.
"""

import base64
import gzip
import re

LINES, PIXELS = "image/svg+xml", "image/png"
# For a kernel: both forms, and names inside the SVG that are the same in each run.
ARGUMENTS = [
    "--InlineBackend.figure_formats=png",
    "--InlineBackend.figure_formats=svg",
    "--InlineBackend.rc=svg.hashsalt=lossbook",
]
SAID_OF_IT = re.compile(r"^.*?(?=<svg\b)|\s*<metadata>.*?</metadata>", re.DOTALL)
SIZE = re.compile(r'\bwidth="[\d.]+pt" height="[\d.]+pt"')


def choose(notebook):
    """Leave each figure of a notebook that has run its lines, or its pixels alone."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if LINES in data and PIXELS in data:
                pixels = base64.b64decode(data[PIXELS])
                lines = lean(data[LINES], pixels)
                data[LINES] = lines
                if "<image" in lines or len(gzip.compress(lines.encode())) > len(pixels):
                    del data[LINES]


def lean(lines, pixels):
    """Return an SVG without date and maker, as large on a page as the PNG is."""
    # The head of a PNG file has its width and height.
    width, height = (int.from_bytes(pixels[start : start + 4], "big") for start in (16, 20))
    lines = SAID_OF_IT.sub("", lines)
    return SIZE.sub(f'width="{width}" height="{height}"', lines, count=1)

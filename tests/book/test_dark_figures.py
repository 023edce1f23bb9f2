"""Figures on a dark page, by their pixels: the page's ground, and lines that stand out."""

import base64
import io
import re

import dark_figures
import numpy as np
import pytest
from matplotlib import colors, image

from lossbook import plots
from tests.book.browser import Visit, chromium, served_site
from tools.build_book import SITE

READS = ["lossbook", "tests/book", "_ext", "_build/html"]
WHOLE = {"width": 1280, "height": 1600}  # A figure of four panels is as high.
LINES = "chapters/concepts/regression_losses"
FRAMES = "chapters/algorithm/momentum_to_adam"
PIXELS = "chapters/derivation/backpropagation"
CARD = "chapters/reference/loss_cards/regression"
RULE = re.compile(re.escape(dark_figures.MARK) + r".*?</style>", re.DOTALL)


@pytest.fixture(scope="module")
def visit():
    """Return a function that opens a page with a scheme of the system and one that was chosen."""
    with served_site() as address, chromium() as browser, Visit(browser, viewport=WHOLE) as tab:
        tab.page.goto(f"{address}/404.html")

        def open_page(page, system, chosen="auto"):
            tab.page.emulate_media(media="screen", color_scheme=system)
            tab.page.evaluate("mode => localStorage.setItem('mode', mode)", chosen)
            tab.open(f"{address}/{page}.html")
            return tab.page

        yield open_page


def contrast(one, other):
    """Return the contrast of two colors, by the definition of WCAG 2.2."""
    values = np.array([colors.to_rgb(one), colors.to_rgb(other)])
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    low, high = sorted(linear @ [0.2126, 0.7152, 0.0722])
    return (high + 0.05) / (low + 0.05)


def test_the_colors_stand_out_from_the_dark_ground_as_text_does_and_stay_apart():
    assert {contrast("white", "black"), round(contrast("#767676", "white"), 2)} == {21, 4.54}
    dark = [dark_figures.dark(color.lower()) for color in plots.COLORS]
    assert min(contrast(color, dark_figures.GROUND) for color in dark) > 4.5
    assert contrast(dark_figures.dark("#000000"), dark_figures.GROUND) > 7
    assert dark_figures.dark("#ffffff") == dark_figures.GROUND
    for number, color in enumerate(dark):
        near = [np.abs(np.subtract(colors.to_rgb(color), colors.to_rgb(o))).max() for o in dark]
        assert sorted(near)[1] > 0.2, plots.COLORS[number]


def test_the_explorers_draw_their_lines_in_the_same_colors():
    style = (SITE / "_static" / "explorers" / "explorers.css").read_text(encoding="utf-8")
    dark = style[style.index('html[data-theme="dark"]') :]
    assert tuple(re.findall(r"--lb-\d: (#\w+)", dark)[:4]) == dark_figures.LINES[:4]


def test_another_color_keeps_its_hue_and_turns_its_lightness():
    assert dark_figures.dark("#1f77b4") == "#4ba3e0"
    assert contrast("#4ba3e0", dark_figures.GROUND) > 4.5


def test_no_figure_of_the_book_has_another_color():
    for file in SITE.glob("_images/*.svg"):
        named = {c for _, _, c in dark_figures.COLOR.findall(RULE.sub("", file.read_text("utf-8")))}
        others = {c for c in named - set(dark_figures.PALETTE) if len({c[1:3], c[3:5], c[5:]}) > 1}
        assert others == set(), file.name


def test_every_drawn_figure_has_the_rule_once_and_is_otherwise_what_it_was():
    files = sorted((SITE / "_images").glob("*.svg"))
    assert len(files) > 300
    for file in files:
        text = file.read_text(encoding="utf-8")
        plain, found = RULE.subn("", text)
        assert found == 1, file.name
        assert dark_figures.drawn_dark(plain) == text, file.name


def file_of(figure):
    return SITE / "_images" / figure.get_attribute("src").rsplit("/", 1)[-1]


def shot(place):
    """Return what a picture on the page looks like, as an array of bytes: rows, columns, RGB."""
    place.scroll_into_view_if_needed()
    place.evaluate("image => image.decode()")
    pixels = image.imread(io.BytesIO(place.screenshot()), format="png")
    return np.round(255 * pixels[..., :3]).astype(int)


def share(pixels, color):
    """Return the share of the pixels that have a color but for what a browser rounds."""
    wanted = np.round(255 * np.array(colors.to_rgb(color)))
    return (np.abs(pixels - wanted).max(axis=-1) <= 2).mean()


def drawn(file):
    """Return the colors of the palette that a file names."""
    named = set(re.findall(r"#\w{6}", RULE.sub("", file.read_text(encoding="utf-8"))))
    return [color.lower() for color in plots.COLORS if color.lower() in named]


@pytest.mark.parametrize("page", [LINES, FRAMES, CARD])
@pytest.mark.parametrize(
    ("system", "chosen"),
    [("dark", "auto"), ("light", "dark"), ("light", "auto"), ("dark", "light")],
)
def test_a_figure_has_the_ground_of_the_page_and_its_lines(visit, page, system, chosen):
    tab = visit(page, system, chosen)
    theme = system if chosen == "auto" else chosen
    assert tab.evaluate("document.documentElement.dataset.theme") == theme
    page_ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    seen = tab.locator("article img[src$='.svg']:visible").all()
    figure = next(one for one in seen if drawn(file_of(one)))
    pixels, named = shot(figure), drawn(file_of(figure))
    dark = theme == "dark"
    ground = dark_figures.GROUND if dark else "#ffffff"
    assert page_ground == f"rgb{tuple(int(ground[at : at + 2], 16) for at in (1, 3, 5))}"
    assert share(pixels, ground) > 0.7
    edges = [pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
    assert min(share(edge, ground) for edge in edges) == 1
    for color in named:
        shown, other = (dark_figures.dark(color), color)[:: 1 if dark else -1]
        # A dotted line is few pixels wide, and its edges are of colors in between.
        assert share(pixels, shown) * pixels[..., 0].size > 50
        assert share(pixels, other) * pixels[..., 0].size < 10


def test_in_the_light_not_a_pixel_of_a_figure_depends_on_its_rule(visit):
    figure = visit(LINES, "light").locator("article img").first
    ruled = shot(figure)
    plain = RULE.sub("", file_of(figure).read_text(encoding="utf-8"))
    data = base64.b64encode(plain.encode()).decode()
    figure.evaluate("(image, data) => { image.src = data; return image.decode(); }",
                    f"data:image/svg+xml;base64,{data}")  # fmt: skip
    assert np.array_equal(shot(figure), ruled)


def test_what_is_made_of_pixels_lies_on_a_light_card(visit):
    tab = visit(PIXELS, "dark")
    pixels = shot(tab.locator("article .cell_output img[src$='.png']:visible").first)
    # Black on it stands out as it does on paper, if a little dimmed.
    corner = colors.to_hex(pixels[1, 1] / 255)
    assert contrast(corner, "black") > 12


def test_a_dark_page_is_printed_with_light_figures(visit):
    tab = visit(LINES, "dark")
    tab.emulate_media(media="print", color_scheme="dark")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    figure = tab.locator("article img[src$='.svg']:visible").first
    assert share(shot(figure), "#ffffff") > 0.7

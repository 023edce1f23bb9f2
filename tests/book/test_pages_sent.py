"""What a built page sends, read from its file: its own things alone, and found by everyone."""

import base64
import gzip
import io
import json
import re
import statistics
import sys
from functools import cache
from pathlib import Path
from unittest.mock import Mock
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from fontTools.ttLib import TTFont
from myst_nb.core import render
from nbformat.v4 import new_output
from PIL import Image
from sphinx.errors import ExtensionError

from tests.book.built import article, said, tree, with_every_tag
from tools import address
from tools.build_book import ROOT, SITE, pages

sys.path.append(str(ROOT / "_ext"))
import lean_pages
import mended
import one_stylesheet
import rendered_math
import search_words
import social_cards

READS = [".", "_build/html"]
PAGES = [*pages(ROOT), "search", "genindex", "404"]
BASE = address.read(ROOT).site


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_its_own_files_alone_and_under_the_policy(page):
    document = tree(page)
    policies = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policies == [lean_pages.policy()]
    loaded = document.xpath("//*[self::script or self::img or self::iframe]/@src")
    links = document.cssselect("link[rel~=stylesheet], link[rel~=icon]")
    loaded += [tag.attrib["href"] for tag in links]
    for place in loaded:
        assert not re.match(r"\w+:|//", place), place
        base = SITE if page == "404" else (SITE / page).parent
        assert (base / place.split("?")[0]).resolve().is_file(), place
    inline = [tag.text for tag in document.xpath("//script[not(@src)]")]
    assert inline == [lean_pages.FIRST_SCRIPT]
    fonts = document.find("head/script").get("data-fonts", "").split()
    assert bool(fonts) == bool(document.find_class("katex"))
    assert all(((SITE / page).parent / font).resolve().is_file() for font in fonts)
    every_tag = with_every_tag(page)
    ids = every_tag.xpath("//@id")
    assert len(ids) == len(set(ids)) > 5
    assert every_tag.xpath("//@*[starts-with(name(), 'on')]") == []


@pytest.mark.parametrize("page", pages(ROOT))
def test_a_page_says_what_it_is_to_search_engines_and_to_whoever_shares_it(page):
    document = tree(page)
    meta = {
        tag.get("name") or tag.get("property"): tag.get("content")
        for tag in document.xpath("//meta[@content]")
    }
    assert document.cssselect("link[rel~=canonical]")[0].get("href") == f"{BASE}{page}.html"
    assert meta["og:url"] == f"{BASE}{page}.html"
    assert 20 <= len(meta["description"]) <= 161
    assert meta["og:title"] in document.find(".//h1").text_content()
    part = social_cards.parts(ROOT).get(page)
    card = social_cards.file_name(part) if part else "social-card.png"
    assert meta["og:image"] == f"{BASE}_static/{card}"
    assert (SITE / "_static" / card).exists()


def test_the_pictures_of_shared_links_have_the_size_that_sites_ask_for_and_differ():
    cards = [SITE / "_static" / "social-card.png", *SITE.glob("_static/cards/*.png")]
    assert len(cards) == 1 + len(set(social_cards.parts(ROOT).values()))
    assert len({card.read_bytes() for card in cards}) == len(cards)
    for card in cards:
        with Image.open(card) as picture:
            assert picture.size == (1200, 630)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_the_width_of_the_screen_once_and_has_a_title_for_whoever_shares_it(page):
    document = tree(page)
    assert len(document.xpath("//meta[@name='viewport']")) == 1
    assert len(document.xpath("//meta[@property='og:title']/@content")[0]) > 3


def test_the_sitemap_lists_every_page_once():
    tree = ElementTree.parse(SITE / "sitemap.xml")
    listed = [element.text for element in tree.iter() if element.tag.endswith("loc")]
    assert sorted(listed) == sorted(f"{BASE}{page}.html" for page in pages(ROOT))
    assert f"Sitemap: {BASE}sitemap.xml" in (SITE / "robots.txt").read_text()


@cache
def weight(page):
    """Return what a page and all that it may load take on the line, in bytes, compressed."""
    document = tree(page)
    scripts = [source.split("?")[0] for source in document.xpath("//script/@src")]
    files = [SITE / f"{page}.html", SITE / "_static" / one_stylesheet.NAME]
    files += [(SITE / page).parent / source for source in scripts]
    files += [
        (SITE / page).parent / image.get("src") for image in document.cssselect("article img")
    ]
    return sum(map(compressed, files))


@cache
def compressed(file):
    return len(gzip.compress(file.read_bytes()))


@pytest.mark.parametrize("page", pages(ROOT))
def test_a_page_with_all_pictures_is_light_and_pictures_are_files_of_known_size(page):
    for image in article(page).iter("img"):
        assert not image.get("src").startswith("data:")
        assert int(image.get("width")) > 0
        assert int(image.get("height")) > 0
    assert weight(page) < 500_000


def test_half_of_the_pages_are_very_light():
    assert statistics.median(map(weight, pages(ROOT))) < 200_000


def test_the_script_of_the_theme_comes_without_the_part_that_lays_a_page_out_again_and_again():
    folder = SITE / "_static" / "scripts"
    whole = (folder / "pydata-sphinx-theme.js").read_text(encoding="utf-8")
    sent = (folder / "theme.js").read_text(encoding="utf-8")
    assert lean_pages.SLOW in whole
    assert 'addEventListener("load",I)' not in sent
    assert len(sent) > len(whole) - 200
    scripts = [Path(source).name for source in tree("index").xpath("//script/@src")]
    assert "theme.js" in scripts
    assert "pydata-sphinx-theme.js" not in scripts


def test_a_theme_that_changed_stops_the_build_and_says_what_to_do():
    with pytest.raises(ExtensionError, match="change SLOW"):
        lean_pages.without_slow_part("nothing of the kind")


def test_the_stylesheet_keeps_what_a_page_can_use_and_nothing_else():
    text = """
      @import "other.css";
      .used, .unused { color: red }
      .used:not(.absent) a[href=".x{"]::before { content: "}" }
      #absent { color: blue }
      @media (min-width: 1px) { .absent { a: b } }
      @media print { .used .absent, h1 { c: d } }
      h2 { background: url("data:image/svg+xml,<path d='M0 0) {'/>") }
    """
    kept = one_stylesheet.used(text, {"used"})
    assert kept.split("\n") == [
        ".used{color: red}",
        '.used:not(.absent) a[href=".x{"]::before{content: "}"}',
        "@media print{h1{c: d}}",
        """h2{background: url("data:image/svg+xml,<path d='M0 0) {'/>")}""",
    ]


def test_every_icon_that_a_page_shows_is_in_the_font():
    classes = {value for page in PAGES for value in tree(page).xpath("//@class")}
    shown = {name for value in classes for name in value.split() if name.startswith("fa-")}
    style = (SITE / "_static" / one_stylesheet.NAME).read_text(encoding="utf-8")
    assert {"fa-bars", "fa-rocket", "fa-magnifying-glass"} <= shown
    drawn = set()
    for data in re.findall(r"data:font/woff;base64,([^\"]+)", style):
        drawn |= set(TTFont(io.BytesIO(base64.b64decode(data))).getBestCmap())
    for name in shown - {"fa-solid", "fa-brands", "fa-lg"}:
        code = re.search(rf'\.{name}:before[^{{]*{{content:"(?:\\([0-9a-f]+)|(.))"', style)
        assert (int(code[1], 16) if code[1] else ord(code[2])) in drawn, name


def test_the_search_knows_greek_letters_by_letter_and_by_name():
    search = search_words.SearchWithGreek({})
    assert search.split(r"\kappa = L") == ["kappa", "L", "κ"]
    assert search.split("κ and Λ") == ["κ", "and", "Λ", "kappa", "lambda"]
    assert search.split("softmax_cross_entropy") == ["softmax_cross_entropy"]
    assert len(search_words.GREEK) == 24


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("a = b", "a = b"),
        (r"a &= b \\ c &= d", r"\begin{split}a &= b \\ c &= d\end{split}"),
        ("a\n\nb", r"\begin{gathered}a\\b\end{gathered}"),
        (r"\begin{align}a &= b\end{align}", r"\begin{align*}a &= b\end{align*}"),
        (r"\begin{cases}a\\b\end{cases}", r"\begin{cases}a\\b\end{cases}"),
    ],
)
def test_a_displayed_formula_is_set_as_sphinx_means_it(tex, expected):
    assert rendered_math.as_one_display(tex) == expected


@pytest.mark.parametrize(
    "tex",
    [
        r"\ell_\delta(r) = \begin{cases} \tfrac12 r^2 & |r| \le \delta \\ \delta |r| \end{cases}",
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}^\top \boldsymbol{\theta}",
        r"\lambda_{\max} + \theta^{\boldsymbol{(k+1)}}",
        r"\operatorname*{arg\,min}_\theta \mathbb{E}\,\lVert \hat y - y \rVert^2",
    ],
)
def test_formulas_become_html_and_mathml(tex):
    html, error = rendered_math.render(tex, display=True)
    assert error is None
    document = BeautifulSoup(html, "html.parser")
    assert document.find("math").find("annotation").get_text() == tex
    assert document.select(".katex-html[aria-hidden=true]")
    for index in document.select("msub, msup"):
        assert len(index.find_all(recursive=False)) == 2
    assert not document.select("mi > *")
    assert not document.select(".katex-error, script")


def test_the_punctuation_after_a_short_formula_stays_on_its_line():
    short, long = nodes.math("x", "x"), nodes.math("x" * 40, "x" * 40)
    text = nodes.paragraph("", "", short, nodes.Text("), then "), long, nodes.Text("."))
    rendered_math.keep_punctuation(None, text, "page")
    assert short["tail"] == "),"
    assert text.astext() == "x then " + "x" * 40 + "."
    assert "tail" not in long


def test_of_texts_that_say_the_same_the_one_after_the_formula_gives_its_punctuation():
    first, second, third = (nodes.math(tex, tex) for tex in "abc")
    text = nodes.paragraph("", "", nodes.Text(", "), first, nodes.Text(", "), second)
    text += [nodes.Text(", "), third, nodes.Text(".")]
    rendered_math.keep_punctuation(None, text, "page")
    assert [node["tail"] for node in (first, second, third)] == [",", ",", "."]
    assert text.astext() == ", a b c"


@pytest.mark.parametrize("page", pages(ROOT))
def test_no_page_says_a_comma_or_a_colon_twice(page):
    text = "".join(said(article(page)))
    assert len(text) > 300
    assert re.findall(r".{20}[,;:][,;:].{5}", text) == []


def test_a_line_that_is_printed_in_pieces_is_a_line_of_the_page():
    pieces = [new_output("stream", name="stdout", text=text) for text in ("0.001", " True\n")]
    mended.setup(Mock())
    assert [output.text for output in render.coalesce_streams(pieces)] == ["0.001 True\n"]


def test_a_formula_that_cannot_be_set_says_why():
    html, error = rendered_math.render(r"\frac{1}", display=False)
    assert html is None
    assert error.startswith("KaTeX parse error")


def test_without_katex_the_build_stops_and_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(rendered_math, "KATEX", tmp_path)
    with pytest.raises(ExtensionError, match="make book"):
        rendered_math.renderer.__wrapped__()


@pytest.mark.parametrize("folder", [ROOT, ROOT / "benchmarks" / "lighthouse"])
def test_what_comes_from_npm_is_pinned_by_version_and_hash_and_names_no_host(folder):
    named = json.loads((folder / "package.json").read_text())["dependencies"]
    text = (folder / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    for name, version in named.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    locked = [entry for path, entry in packages.items() if path]
    assert all(entry["integrity"].startswith("sha512-") for entry in locked)
    assert '"resolved"' not in text


def test_a_script_folder_is_loaded_only_by_who_asks_for_it(tmp_path):
    class App:
        srcdir = tmp_path

    (tmp_path / "_static" / "print").mkdir(parents=True)
    (tmp_path / "_static" / "print" / "print.css").touch()
    named = ["_static/site.css?v=1", "_static/print/print.css", "_static/explorers/explorers.css"]
    assert lean_pages.local_files(App, named) == ["site.css", "explorers/explorers.css"]


def test_the_first_script_comes_before_anything_that_is_painted():
    head = tree("index").find("head")
    order = [tag.tag for tag in head.iter("script", "link") if tag.get("rel") != "icon"]
    assert order[:2] == ["script", "link"]
    assert Path(head.cssselect("link[rel~=stylesheet]")[0].get("href")).name == one_stylesheet.NAME

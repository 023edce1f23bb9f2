"""What a page of the site becomes on paper: its article, and its answers for the appendix.

A figure stands without its code, nothing is folded, and what only a screen can do is left out.
"""

import html
import posixpath
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, NavigableString, Tag

ONLY_ON_SCREEN = (
    "headerlink",
    "read-box",
    "copybtn",
    "d-print-none",
    "checked-by",
    "checked-claim",
    "hide",
    "sd-summary-state-marker",
)
# A picture that is higher than this many times its width fills a column.
TALL = 2.5
# Columns of a table that do not fit beside each other in a column of the page.
WIDE = 5
SPAN = re.compile(r"<span\b|</span>")
MATHML = re.compile(r'<span class="katex-mathml">.*?</math></span>', re.DOTALL)
TEX = re.compile(r'<annotation encoding="application/x-tex">(.*?)</annotation>', re.DOTALL)
# What holds the link of a claim to the sentence before it.
NO_BREAK = "\N{NARROW NO-BREAK SPACE}"
MARK = re.compile(r"<!--formula (\d+)-->")


class Formulas:
    """The formulas of the book, thousands of elements each, set aside while a page is arranged."""

    def __init__(self):
        self.kept = []

    def aside(self, text):
        """Return the text with a mark for each formula."""
        parts, at = [], 0
        while (start := text.find('<span class="katex', at)) >= 0:
            end = closing(text, start)
            parts += [text[at:start], f"<!--formula {len(self.kept)}-->"]
            self.kept.append(text[start:end])
            at = end
        return "".join(parts) + text[at:]

    def back(self, text):
        """Return the text with the formulas where their marks are."""
        return MARK.sub(lambda mark: on_paper(self.kept[int(mark[1])]), text)


def closing(text, start):
    """Return where the span ends that begins at start."""
    depth = 0
    for tag in SPAN.finditer(text, start):
        depth += 1 if tag[0] == "<span" else -1
        if depth == 0:
            return tag.end()
    raise ValueError(f"a formula has no end: {text[start : start + 200]}")


def on_paper(formula):
    """Return a formula as it is drawn, with its TeX as the alternative text, once."""
    tex = TEX.search(formula)
    if tex is None:
        return formula
    said = html.escape(html.unescape(tex[1]).strip(), quote=True)
    return f'<span role="img" aria-label="{said}">{MATHML.sub("", formula)}</span>'


@dataclass
class Page:
    """A page of the site in the book: its title, its article, and what the appendix gets."""

    name: str
    title: str
    article: Tag
    answers: list[Tag] = field(default_factory=list)

    def parts(self):
        return [self.article, *self.answers]


def arranged(site, name, formulas):
    """Return a page as it is printed."""
    text = (site / f"{name}.html").read_text(encoding="utf-8")
    start = text.index("<article")
    text = text[start : text.index("</article>", start) + len("</article>")]
    soup = BeautifulSoup(formulas.aside(text), "html.parser")
    article = soup.article
    leave_out(article)
    for details in article.find_all("details"):
        details["open"] = ""
    for image in article.find_all("img"):
        del image["loading"]
        if float(image.get("height", 0)) > TALL * float(image.get("width", 1)):
            image["class"] = [*image.get("class", []), "printed-tall"]
    for frames in article.find_all("fieldset", class_="lossbook-frames"):
        lay_out(soup, frames)
    for table in article.find_all("table"):
        if len(table.find("tr").find_all(["th", "td"])) >= WIDE:
            box = table.find_parent(class_="pst-scrollable-table-container") or table
            box["class"] = [*box.get("class", []), "printed-wide"]
    page = Page(name, article.find("h1").get_text(), article)
    move_choices(soup, page)
    move_solutions(soup, page)
    return page


def title_and_lead(site):
    """Return the title of the book and the sentences below it."""
    text = (site / "index.html").read_text(encoding="utf-8")
    front = BeautifulSoup(text, "html.parser").find("article")
    return front.find("h1").get_text().removesuffix("#"), front.find("p").get_text()


def leave_out(article):
    """Remove the code of figures, links of headings, buttons, exercises that need a screen."""
    for tag in article.find_all(["form", "script", "style"]):
        tag.decompose()
    for tag in article.find_all(class_=ONLY_ON_SCREEN):
        if not tag.decomposed:
            before = tag.previous_sibling
            tag.decompose()
            if isinstance(before, NavigableString):
                before.replace_with(before.rstrip(NO_BREAK))
    for tag in article.find_all(class_="live-exercise"):
        section = tag.find_parent("section") if not tag.decomposed else None
        while section is not None and section.find("h2", recursive=False) is None:
            section = section.find_parent("section")
        if section is not None:
            section.decompose()
    for cell in article.find_all("div", class_="cell"):
        if not cell.get_text(strip=True) and not cell.find("img"):
            cell.decompose()


def lay_out(soup, frames):
    """Show all pictures of a moving figure at once, each under the text of its button."""
    box = soup.new_tag("div", attrs={"class": "printed-frames"})
    question = frames.find("legend").get_text()
    for label, image in zip(frames.find_all("label"), frames.find_all("img"), strict=True):
        cell, caption = soup.new_tag("div"), soup.new_tag("p")
        caption.string = f"{question}: {label.get_text()}"
        cell.extend([caption, image.extract()])
        box.append(cell)
    frames.replace_with(box)


def move_choices(soup, page):
    """Leave the choices of "Check yourself" in the chapter; what is said to each is an answer."""
    section = page.article.find("section", id="check-yourself")
    if section is None:
        return
    answers = soup.new_tag("ol", attrs={"class": "printed-answers"})
    asked = None
    for tag in section.find_all(["p", "details"], recursive=False):
        if tag.name == "p":
            asked = tag
            continue
        choices = asked.find_next_sibling("ol")
        if choices is None or choices.get("data-of") != str(id(asked)):
            choices = soup.new_tag("ol", attrs={"type": "a", "data-of": str(id(asked))})
            asked.insert_after(choices)
            answers.append(soup.new_tag("li"))
            answers.contents[-1].append(soup.new_tag("ol", attrs={"type": "a"}))
        choice, said = soup.new_tag("li"), soup.new_tag("li")
        choice.extend(list(tag.find(class_="sd-summary-text").contents))
        said.extend(list(tag.find(class_="sd-summary-content").contents))
        choices.append(choice)
        answers.contents[-1].ol.append(said)
        tag.decompose()
    for choices in section.find_all("ol", attrs={"data-of": True}):
        del choices["data-of"]
    if answers.contents:
        answers["id"] = "check-yourself-answers"
        section.find(["h2", "h3"]).insert_after(see(soup, "Answers", answers["id"]))
        page.answers.append(answers)


def move_solutions(soup, page):
    """Leave the exercises in the chapter, each with the page on which its solution stands."""
    for solution in page.article.find_all(["div", "details"], class_="solution"):
        box = solution.find_previous(class_="exercise")
        solution.extract()
        page.answers.append(solution)
        if box is not None:
            box.append(see(soup, "Solution", solution["id"]))


def see(soup, what, place):
    """Return a line that says on which page something stands."""
    line = soup.new_tag("p", attrs={"class": "printed-see"})
    line.append(f"{what} on page ")
    line.append(page_number(soup, place))
    return line


def page_number(soup, place):
    """Return a link to a place that shows its page, once that is known."""
    link = soup.new_tag("a", attrs={"class": "printed-page", "href": f"#{place}"})
    link.string = "000"
    return link


def anchor(name):
    return name.replace("/", "-")


def join(page, names, ids, site):
    """Make ids and addresses of one page fit the one document that all pages become."""
    for part in page.parts():
        for tag in [part, *part.find_all(["a", "img"])]:
            if tag.name == "img" and not tag["src"].startswith("data:"):
                tag["src"] = posixpath.join("../html", resolve(page.name, tag["src"]))
            if tag.name == "a" and tag.get("href"):
                tag["href"] = new_address(page.name, tag["href"], names, ids, site)
        for tag in [part, *part.find_all(id=True)]:
            if tag.get("id"):
                tag["id"] = f"{anchor(page.name)}--{tag['id']}"


def new_address(name, href, names, ids, site):
    """Return where a link of a page leads in the book, or on the site what is not in the book."""
    parts = urlsplit(href)
    if parts.scheme:
        return href
    target = resolve(name, parts.path) if parts.path else f"{name}.html"
    there = target.removesuffix(".html")
    if there not in names:
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        return site + target + fragment
    inside = f"{anchor(there)}--{parts.fragment}"
    return f"#{inside if inside in ids else anchor(there)}"


def resolve(name, address):
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), address))

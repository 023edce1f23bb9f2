"""Bind the built site as an e-book: _build/lossbook.epub, the chapters of the printed book.

Formulas are MathML, which e-readers set; figures, contents and links are those of the printed book.
"""

import mimetypes
import os
import re
import sys
from pathlib import Path

import yaml
from bs4 import BeautifulSoup

from tools import address
from tools.build_book import ROOT, SITE
from tools.print_book import BOOK, printed
from tools.print_pages import MARK, Formulas, anchor, arranged, join, title_and_lead

EPUB = ROOT / "_build" / "lossbook.epub"
STYLE = ROOT / "_static" / "print" / "epub.css"
MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)


def mathml(formula):
    """Return a formula as e-readers set it."""
    found = MATH.search(formula)
    if found is None:
        raise ValueError(f"a formula has no MathML: {formula[:200]}")
    # No operator may be empty to the eye; what else KaTeX writes wrong the site has mended.
    return found[0].replace("<mo>\u2061</mo>", "")


def chapters(site, captions):
    """Return the files of the e-book, {name of the file: (title, content)}, answers last."""
    formulas = Formulas()
    found = {name: arranged(site, name, formulas) for name in captions}
    home = {}
    for name, page in found.items():
        for part in page.parts():
            for tag in [part, *part.find_all(id=True)]:
                if tag.get("id"):
                    place = anchor(name) if part is page.article else "answers"
                    home[f"{anchor(name)}--{tag['id']}"] = f"{place}.xhtml"
    files, answers = {}, []
    for name, page in found.items():
        join(page, found, home, address.read(ROOT).site)
        if page.answers:
            answers += [f"<h2>{page.article.h1.decode_contents()}</h2>", *page.answers]
        page.article.name = "section"
        files[f"{anchor(name)}.xhtml"] = page.title, [page.article]
    files["answers.xhtml"] = "Answers and solutions", ["<h1>Answers and solutions</h1>", *answers]
    names = {f"{anchor(name)}": f"{anchor(name)}.xhtml" for name in found}
    return {
        file: (title, "".join(readable(part, home | names, formulas) for part in parts))
        for file, (title, parts) in files.items()
    }


def readable(part, home, formulas):
    """Return a part as XHTML, its links leading to files of the e-book."""
    if isinstance(part, str):
        part = BeautifulSoup(part, "html.parser")
    for link in part.find_all("a", href=re.compile("^#")):
        place = link["href"][1:]
        link["href"] = home[place] if home[place] == f"{place}.xhtml" else f"{home[place]}#{place}"
    for link in part.find_all("a", href=re.compile("[<>]")):
        link["href"] = link["href"].replace("<", "%3C").replace(">", "%3E")
    for line in part.find_all(class_="printed-see"):
        link = line.a.extract()
        link.string = line.get_text().removesuffix(" on page ")
        line.clear()
        line.append(link)
    for tag in [part, *part.find_all(["details", "summary"])]:
        if tag.name in ("details", "summary"):
            tag.name = "div"
            del tag["open"]
    for sketch in part.find_all("svg"):
        # A parser of HTML has lost what XML asks of it; the picture of the card is in the book.
        sketch.decompose()
    for image in part.find_all("img"):
        image["src"] = f"images/{Path(image['src']).name}"
    text = part.decode(formatter="minimal")
    return MARK.sub(lambda mark: mathml(formulas.kept[int(mark[1])]), text)


def pictures(site, captions):
    """Return the files of all pictures."""
    pages = [arranged(site, name, Formulas()) for name in captions]
    parts = [part for page in pages for part in page.parts()]
    return sorted(
        {site / "_images" / Path(i["src"]).name for p in parts for i in p.find_all("img")}
    )


def bind(site, captions, target):
    """Write the e-book of these pages."""
    from ebooklib import epub

    title, lead = title_and_lead(site)
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    book = epub.EpubBook()
    book.set_identifier(address.read(ROOT).site)
    book.set_title(title)
    book.set_language("en")
    book.add_author(config["author"])
    book.add_metadata("DC", "description", lead)
    style = epub.EpubItem("style", "book.css", "text/css", STYLE.read_bytes())
    book.add_item(style)
    for picture in pictures(site, captions):
        kind = mimetypes.guess_type(picture.name)[0]
        name = re.sub(r"\W", "-", picture.name)
        book.add_item(
            epub.EpubItem(f"i-{name}", f"images/{picture.name}", kind, picture.read_bytes())
        )
    begins = {f"{anchor(name)}.xhtml": caption for name, caption in captions.items()}
    begins["answers.xhtml"] = "Appendix"
    for file, (name, content) in chapters(site, captions).items():
        chapter = epub.EpubHtml(uid=file.removesuffix(".xhtml"), file_name=file, title=name)
        chapter.content = content
        chapter.add_item(style)
        if "<math" in content:
            chapter.properties.append("mathml")
        book.add_item(chapter)
        book.spine.append(chapter)
        if begins[file]:
            book.toc.append((epub.Section(begins[file]), []))
        book.toc[-1][1].append(chapter)
    book.spine.insert(0, "nav")
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    epub.write_epub(target, book, {"raise_exceptions": True})


def main():
    if not BOOK.parents[1].exists():
        sys.exit("make epub needs the site: make book")
    bind(SITE, printed(ROOT), EPUB)
    size = EPUB.stat().st_size / 1e6
    print(f"The e-book is bound: {os.path.relpath(EPUB)}, {size:.1f} MB")


if __name__ == "__main__":
    main()

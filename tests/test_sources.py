"""Every loss, optimizer, schedule, penalty, surface and data set names its source with a year."""

import inspect
import re

import pytest
from pybtex.database import parse_file

from lossbook import datasets, losses, optimizers, penalties, schedules, surfaces
from tools.build_book import ROOT

# What is no method that somebody found: the form of all optimizers and a helper of the package.
NO_METHOD = {"Optimizer", "rate_at", "Dataset", "Surface"}
TITLE = re.compile(r'"([^"]{4,})"|\*([^*]{4,})\*')
YEAR = re.compile(r"\b(1[89]\d\d|20[012]\d)\b")


def own(module):
    """Return the public functions and classes of a module by name."""
    names = getattr(module, "__all__", vars(module))
    things = {name: getattr(module, name) for name in names if not name.startswith("_")}
    return {
        name: thing
        for name, thing in things.items()
        if callable(thing)
        and thing.__module__.startswith(module.__name__)
        and name not in NO_METHOD
    }


PUBLIC = {
    f"{module.__name__}.{name}": thing
    for module in (losses, optimizers, penalties, schedules, surfaces, datasets)
    for name, thing in own(module).items()
}


def sources(thing):
    """Return what stands under References, as one line."""
    found = re.search(r"\nReferences\n-+\n(.*?)(\n\n|\Z)", inspect.getdoc(thing), re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def plain(title):
    return " ".join(re.sub(r"[{}]", "", title).replace("--", "–").lower().split())


def faults(text, works):
    """Return what is wrong with the sources of a docstring, in words."""
    titles = [*TITLE.finditer(text)]
    if not titles or not YEAR.search(text[titles[0].end() :]):
        return ["no title with a year"]
    found = []
    for quoted in titles:
        title, rest = plain(quoted[1] or quoted[2]), text[quoted.end() :]
        for work in works:
            same = len(title) > 12 and plain(work["title"]).startswith(title)
            if same and work["author"] in text[: quoted.start()]:
                year = YEAR.search(rest)
                if not year or year[0] != work["year"]:
                    found.append(f"{title} is of {work['year']}")
                volume = re.match(r",? \*[^*]+\* (\d+)", rest)
                if volume and volume[1] != work.get("volume"):
                    found.append(f"{title} is in volume {work.get('volume')}")
    for number in re.findall(r"arXiv:(\d\d)\d\d\.\d{4,5}", text):
        if f"20{number}" not in text:
            found.append(f"arXiv:{number}… is of 20{number}")
    return found


@pytest.fixture(scope="module")
def works():
    entries = parse_file(str(ROOT / "references.bib")).entries.values()
    names = [" ".join(entry.persons["author"][0].last_names) for entry in entries]
    return [dict(entry.fields, author=name) for entry, name in zip(entries, names)]


@pytest.mark.parametrize("name", PUBLIC)
def test_a_docstring_names_its_source_with_the_year_of_the_bibliography(name, works):
    assert faults(sources(PUBLIC[name]), works) == []


def test_all_kinds_are_there():
    kinds = {name.split(".")[1] for name in PUBLIC}
    assert kinds == {"losses", "optimizers", "penalties", "schedules", "surfaces", "datasets"}
    assert len(PUBLIC) >= len(losses.__all__) + 20


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('P. J. Huber, "Robust estimation of a location parameter".', "no title with a year"),
        ("P. J. Huber, 1964.", "no title with a year"),
        ('P. J. Huber, "Robust estimation of a location parameter", 1965.', "is of 1964"),
        (
            'P. J. Huber, "Robust estimation of a location parameter", *Annals of Mathematical '
            "Statistics* 53, 1964.",
            "is in volume 35",
        ),
        ('A. van den Oord, "Contrastive coding", 2019, arXiv:1807.03748.', "is of 2018"),
    ],
)
def test_a_source_with_a_slip_is_found(text, fault, works):
    assert fault in " ".join(faults(text, works))

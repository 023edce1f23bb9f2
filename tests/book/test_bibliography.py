"""Every work of the bibliography has an address, and its form is checked.

Check digits must be right; year, volume and author that an address repeats must be the entry's.
Whether the address answers, no test can know.
"""

import re

import pytest
from pybtex.database import parse_file, parse_string

from tools.build_book import ROOT

WORKS = parse_file(str(ROOT / "references.bib")).entries
SOURCES = re.split(r"\n(?=@)", (ROOT / "references.bib").read_text(encoding="utf-8"))
VENUES = ("journal", "booktitle", "publisher", "howpublished")

# Who registers under a prefix, as it is named in the entry.
REGISTRANTS = {
    "10.1002": "Wiley",
    "10.1006": "Journal of Computer and System Sciences",
    "10.1007": "Springer|Chapman|BIT|Machine Learning|Mathematical Programming|Computer Vision",
    "10.1016": "USSR Computational|International Conference on Machine Learning|Linear Algebra",
    "10.1017": "Cambridge University Press",
    "10.1037": "Psychological Review",
    "10.1038": "Nature",
    "10.1073": "Proceedings of the National Academy of Sciences",
    "10.1080": "Technometrics",
    "10.1090": "Mathematics of Computation",
    "10.1093": "Biometrika|IMA Journal|American Medical Informatics|Political Analysis",
    "10.1098": "Royal Society of London",
    "10.1109": "IEEE|Computer",
    "10.1111": "Journal of the Royal Statistical Society",
    "10.1117": "Biomedical Image Processing",
    "10.1137": "SIAM",
    "10.1145": "ACM|International Conference on Machine Learning",
    "10.1162": "Neural Computation",
    "10.1175": "Monthly Weather Review",
    "10.1198": "Journal of the American Statistical Association",
    "10.1214": "Annals of (Mathematical )?Statistics",
    "10.1609": "AAAI",
    "10.18653": "Empirical Methods in Natural Language Processing",
    "10.2307": "Econometrica",
    "10.23915": "Distill",
    "10.24432": "UCI Machine Learning Repository",
    "10.25080": "Python in Science",
    "10.3115": "Empirical Methods in Natural Language Processing",
    "10.3982": "Econometrica",
    "10.48550": "",
    "10.5073": "Vitis",
    "10.2140": "Pacific Journal of Mathematics",
}

# Serials with one volume a year: the year in which volume 0 would have appeared.
VOLUME_ZERO = {
    "Advances in Neural Information Processing Systems": 1987,
    "The Annals of Mathematical Statistics": 1929,
    "The Annals of Statistics": 1972,
    "American Economic Review": 1910,
    "Econometrica": 1932,
    "Journal of Machine Learning Research": 1999,
    "Journal of the American Statistical Association": 1905,
    "Monthly Weather Review": 1872,
    "Neural Computation": 1988,
    "Proceedings of the IEEE": 1912,
    "SIAM Review": 1958,
    "Technometrics": 1958,
}
# The year of the conference of a volume of the Proceedings of Machine Learning Research.
PMLR_YEARS = {9: 2010, 28: 2013, 49: 2016, 70: 2017, 80: 2018, 97: 2019, 139: 2021}

# Addresses whose form says what is there; the groups that are named must agree with the entry.
FORMS = [
    r"https://(www\.)?jmlr\.org/papers/v(?P<volume>\d+)/"
    r"((?P<author>[a-z]+)(?P<yy>\d\d)[a-z]|\d\d-\d+)\.html",
    r"https://proceedings\.mlr\.press/v(?P<volume>\d+)/(?P<author>[a-z]+)(?P<yy>\d\d)[a-z]?\.html",
    r"https://(papers\.nips\.cc|proceedings\.neurips\.cc)/paper/(?P<year>\d{4})/hash/[0-9a-f]{32}"
    r"-Abstract\.html",
    r"https://openreview\.net/forum\?id=[\w-]{9,10}",
    r"https://arxiv\.org/abs/(?P<eprint>\d{4}\.\d{4,5})",
    r"https://www\.complex-systems\.com/pdf/0?(?P<volume>\d+)-(?P<number>\d+)-\d+\.pdf",
    r"https://www\.jstor\.org/stable/\d{5,8}",
    r"https://www\.mathnet\.ru/eng/dan\d+",
    r"https://gallica\.bnf\.fr/ark:/12148/[0-9b-z]+/f\d+\.item",
]
# Works without a number of their own, and where their authors or keepers have put them.
PAGES = {
    "bradbury2018": "https://github.com/jax-ml/jax",
    "cavnar1994": "https://www.let.rug.nl/vannoord/TextCat/textcat.pdf",
    "cldr": "https://cldr.unicode.org/",
    "tieleman2012": "https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf",
}
# A preprint that came after the print: the conference put its papers there in 2012.
LATER = {"rendle2009"}


def isbn_is_right(text):
    digits = [10 if d == "X" else int(d) for d in re.sub(r"[ -]", "", text)]
    if len(digits) == 10:
        return sum(d * (10 - i) for i, d in enumerate(digits)) % 11 == 0
    return len(digits) == 13 and sum(d * (1 + 2 * (i % 2)) for i, d in enumerate(digits)) % 10 == 0


def issn_is_right(text):
    digits = [10 if d == "X" else int(d) for d in text.replace("-", "")]
    return len(digits) == 8 and sum(d * (8 - i) for i, d in enumerate(digits)) % 11 == 0


def venue(fields):
    return " ".join(fields[name] for name in VENUES if name in fields)


def faults_of_arxiv(key, number, year):
    form = re.fullmatch(r"(\d\d)(0[1-9]|1[0-2])\.(\d{4,5})", number)
    if not form or (len(form[3]) == 5) != (form[1] >= "15"):
        return [f"{number} is no arXiv number"]
    posted = 2000 + int(form[1])
    if posted < year - 3 or (posted > year and key not in LATER):
        return [f"{number} was posted in {posted}"]
    return []


def faults_of_doi(key, doi, fields, year):
    prefix, _, name = doi.partition("/")
    if not name or re.search(r"[\s{}]", doi) or prefix not in REGISTRANTS:
        return [f"{doi} has no known registrant"]
    if prefix == "10.48550":
        form = re.fullmatch(r"arXiv\.(.+)", name)
        return faults_of_arxiv(key, form[1], year) if form else [f"{doi} is no arXiv number"]
    found = []
    if not re.search(REGISTRANTS[prefix], venue(fields)):
        found.append(f"{prefix} does not register for {venue(fields)}")
    books = re.findall(r"97[89](?:-?\d){10}(?!\d)|^0\d{8}[\dX]$", name)
    found += [f"{book} is no ISBN" for book in books if not isbn_is_right(book)]
    serials = re.findall(r"(?<![\d-])\d{4}-\d{3}[\dX](?=[(-])|(?<=^S)\d{7}[\dX](?=\d{7})", name)
    found += [f"{serial} is no ISSN" for serial in serials if not issn_is_right(serial)]
    years = [int(y) for y in re.findall(r"(?<=[.(-])((?:19|20)\d\d)(?=[.)-])", name)]
    years += [2000 + int(y) for y in re.findall(r"^s\d{5}-0(\d\d)-", name)]
    years += [1900 + int(y) for y in re.findall(r"\d{3}[\dX]\((\d\d)\)", name)]
    found += [f"{doi} is of {y}" for y in years if not year - 2 <= y <= year]
    return found


def faults_of_url(key, url, fields, year):
    if key in PAGES or "isbn" in fields:
        return [] if url == PAGES.get(key, url) and url.startswith("https://") else [url]
    form = next(filter(None, (re.fullmatch(form, url) for form in FORMS)), None)
    if not form:
        return [f"{url} has no form that is known"]
    said = {name: value for name, value in form.groupdict().items() if value}
    if "eprint" in said:
        return faults_of_arxiv(key, said["eprint"], year)
    found = []
    surname = re.match(r"\w+", fields["author"])[0].lower()
    expected = {"year": year, "yy": year % 100, "author": surname} | {
        name: int(fields.get(name, -1)) for name in ("volume", "number") if name in said
    }
    for name, value in said.items():
        if str(expected[name]) != (value if name == "author" else str(int(value))):
            found.append(f"{url} has the {name} {value}, the entry {expected[name]}")
    if "mlr.press" in url and PMLR_YEARS.get(int(said["volume"])) != year:
        found.append(f"volume {said['volume']} is not of {year}")
    return found


def faults(key, entry):
    """Return what is wrong with the addresses of a work, in words."""
    fields = dict(entry.fields)
    fields["author"] = entry.persons["author"][0].last_names[0].strip("{}") if entry.persons else ""
    year = int(fields.get("year", 9999))
    found = []
    addresses = [name for name in ("doi", "isbn", "url", "eprint") if name in fields]
    if not addresses:
        found.append("no address")
    if key != "cldr" and not 1800 < year < 2030:  # a data set that grows every year
        found.append("no year")
    if "doi" in fields:
        found += faults_of_doi(key, fields["doi"], fields, year)
    if "isbn" in fields and not isbn_is_right(fields["isbn"]):
        found.append(f"{fields['isbn']} is no ISBN")
    if "url" in fields:
        found += faults_of_url(key, fields["url"], fields, year)
    if "eprint" in fields and not fields.get("url", "").endswith(fields["eprint"]):
        found.append(f"{fields['eprint']} is not what {fields.get('url')} leads to")
    for serial, zero in VOLUME_ZERO.items():
        if serial == re.sub(r" \d+$", "", fields.get("journal") or fields.get("booktitle", "")):
            volume = fields.get("volume") or re.sub(r"\D", "", fields.get("booktitle", ""))
            # A volume of the Journal of Machine Learning Research may close in the next year.
            late = {0, 1} if "Research" in serial else {0}
            if volume and year - zero - int(volume) not in late:
                found.append(f"volume {volume} of {serial} is not of {year}")
    return found


@pytest.mark.parametrize("key", WORKS)
def test_the_addresses_of_a_work_have_their_form_and_agree_with_the_entry(key):
    assert faults(key, WORKS[key]) == []


@pytest.mark.parametrize(
    ("key", "right", "wrong", "fault"),
    [
        ("martens2010", "978-1-60558-907-7", "978-1-60558-907-4", "is no ISBN"),
        ("boyd2004", "CBO9780511804441", "CBO9780511804442", "is no ISBN"),
        ("rousseeuw1987", "0471725382", "0471725383", "is no ISBN"),
        ("nesterov2018", "978-3-319-91578-4", "978-3-319-91578-5", "is no ISBN"),
        ("baird1995", "978-1-55860-377-6", "978-1-55860-371-6", "is no ISBN"),
        ("griewank2008", "9780898717761", "9780898717762", "is no ISBN"),
        ("polyak1964", "0041-5553(64)", "0041-5563(64)", "is no ISSN"),
        ("polyak1964", "0041-5553(64)", "0041-5553(74)", "is of 1974"),
        ("brier1950", "1520-0493(1950)", "1520-0493(1951)", "is of 1951"),
        ("barron2019", "CVPR.2019", "CVPR.2020", "is of 2020"),
        ("wright2015", "10107-015", "10107-018", "is of 2018"),
        ("beck2009", "10.1137", "10.1138", "no known registrant"),
        ("huber1964", "10.1214", "10.1145", "does not register"),
        ("kingma2015", "1412.6980", "1612.06980", "was posted in 2016"),
        ("kingma2015", "1412.6980", "1413.6980", "is no arXiv number"),
        ("chen2016", "abs/1604.00981", "abs/1704.00981", "was posted in 2017"),
        ("chen2016", "abs/1604.00981", "abs/1604.00982", "is not what"),
        ("guo2017", "/v70/", "/v71/", "has the volume 71"),
        ("guo2017", "guo17a", "guo18a", "has the yy 18"),
        ("guo2017", "guo17a", "gao17a", "has the author gao"),
        ("duchi2011", "/v12/", "/v13/", "has the volume 13"),
        ("koenker1978", "volume = {46}", "volume = {47}", "is not of 1978"),
        ("dean2012", "paper/2012", "paper/2013", "has the year 2013"),
        ("solla1988", "02-6-1", "02-5-1", "has the number 5"),
        ("cavnar1994", "textcat.pdf", "textcat2.pdf", "textcat2"),
        ("nesterov1983", "url = ", "note = ", "no address"),
        ("nesterov1983", "year = ", "note = ", "no year"),
    ],
)
def test_a_slip_in_an_address_is_found(key, right, wrong, fault):
    entry = next(e for e in SOURCES if e.split("{")[1].startswith(f"{key},"))
    assert entry.count(right) >= 1
    slipped = parse_string(entry.replace(right, wrong), "bibtex").entries[key]
    assert fault in " ".join(faults(key, slipped))


def test_a_volume_of_the_proceedings_belongs_to_its_year_even_if_both_are_wrong():
    entry = next(e for e in SOURCES if "{guo2017," in e)
    slipped = entry.replace("/v70/", "/v71/").replace("volume = {70}", "volume = {71}")
    assert faults("guo2017", parse_string(slipped, "bibtex").entries["guo2017"]) == [
        "volume 71 is not of 2017"
    ]

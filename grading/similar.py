"""Which hand-ins share more than the rest of a class does: it points, and is never a mark.

Winnowing, as S. Schleimer, D. S. Wilkerson and A. Aiken describe it ("Winnowing: local algorithms
for document fingerprinting", SIGMOD 2003): of the tokens of a text every passage of a certain
length that two texts share is seen. Names of variables, numbers, comments and blanks do not count,
nor does what was released, what the solution says, or what many students wrote.
"""

import re
import zlib
from collections import Counter, defaultdict
from itertools import combinations

import nbformat
from pygments.lexers import PythonLexer
from pygments.token import Comment, Name, Number, String, Text

from grading import exercises, variants
from grading.confined import Bounds, Stopped, confined
from grading.groups import together

CODE, WORDS = 10, 5  # Tokens of a passage.
WINDOW = 4  # Of so many passages in a row at least one is remembered.
OFTEN, SHARE_OF_CLASS = 5, 0.1  # What more students wrote is what one writes.
LEAST, SHARE = 8, 0.5  # Passages that a pair shares, and of how much of the shorter text.
MOST = 40  # Pairs that somebody will look at.
READING = Bounds(cpu=20, wall=120)


def code_tokens(text):
    """Return the tokens of Python code, whether or not it is right.

    >>> code_tokens("mean = np.sum(errors) / 3  # a comment")
    ['n', '=', 'n', '.', 'sum', '(', 'n', ')', '/', '0']
    """
    found = []
    for kind, token in PythonLexer().get_tokens(text):
        if kind in Text or kind in Comment or kind in String.Doc:
            continue
        if kind in String:
            token = "s"
            if found[-1:] == ["s"]:
                continue
        elif kind in Number:
            token = "0"
        elif kind in Name and kind not in Name.Builtin and found[-1:] != ["."]:
            token = "n"
        found.append(token)
    return found


def passages(text, kind):
    """Return the digests of all passages of a text, in their order."""
    tokens = code_tokens(text) if kind == "code" else re.findall(r"\w+", text.lower())
    long = CODE if kind == "code" else WORDS
    runs = (" ".join(tokens[i : i + long]) for i in range(len(tokens) - long + 1))
    return [zlib.crc32(run.encode()) for run in runs]


def winnowed(digests):
    """Return the smallest digest of every window; all of a text that is shorter than one.

    >>> sorted(winnowed([7, 4, 9, 8, 6, 5]))
    [4, 5]
    """
    windows = range(max(1, len(digests) - WINDOW + 1))
    return {min(digests[i : i + WINDOW]) for i in windows} if digests else set()


def own_cells(notebook):
    """Return [(cell, kind, text)] of what a student wrote into a notebook."""
    found = []
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        own = about.get("solution") if about else str(cell.get("id", "")).startswith("own-")
        if own:
            found.append((about.get("grade_id", cell.get("id")), cell.cell_type, cell.source))
    return found


def _remembered(cells):
    return {name: sorted(winnowed(passages(text, kind))) for name, kind, text in cells}


def known(course, problem_set):
    """Return the digests of what nobody needs to copy: the release and the solutions."""
    texts = []
    for _, released, variant in variants.to_test(course, problem_set):
        texts += [(cell.cell_type, cell.source) for cell in released.cells]
        texts += [("code", e.solution) for e in exercises.read_set(problem_set, variant)[1]]
    return {digest for kind, text in texts for digest in passages(text, kind)}


def pairs(remembered, common, one_group=frozenset()):
    """Return [(share, one, other, {cell: passages})] of hand-ins that share much, most first.

    ``remembered`` has for each student the digests by cell; those in ``common`` do not count, nor
    do pairs in ``one_group``.
    """
    often = max(OFTEN, int(SHARE_OF_CLASS * len(remembered)))
    has = defaultdict(set)
    for student, cells in remembered.items():
        for digest in set().union(*cells.values()) - common:
            has[digest].add(student)
    rare = {digest: students for digest, students in has.items() if len(students) <= often}
    size = Counter(student for students in rare.values() for student in students)
    shared = defaultdict(set)
    for digest, students in rare.items():
        for pair in combinations(sorted(students), 2):
            shared[pair].add(digest)
    found = []
    for (one, other), digests in shared.items():
        share = len(digests) / min(size[one], size[other])
        if len(digests) < LEAST or share < SHARE or frozenset((one, other)) in one_group:
            continue
        where = {c: len(digests.intersection(own)) for c, own in remembered[one].items()}
        found.append((share, one, other, {c: count for c, count in where.items() if count}))
    return sorted(found, key=lambda pair: (-pair[0], -sum(pair[3].values()), pair[1:3]))


def lines(course, problem_set):
    """Return the report as lines of Markdown."""
    course.variant(problem_set)
    # What a group handed in is one text, and not one for each member.
    repeated = {one: others for one, *others in together(course, problem_set)}
    # First, because it loads what reads code: no child needs to load that for itself.
    common = known(course, problem_set)
    remembered, amiss = {}, []
    for student in sorted({*course.handed_in(problem_set)}.difference(*repeated.values())):
        notebook = nbformat.read(course.submitted(problem_set, student), as_version=4)
        try:
            remembered[student] = confined(READING, _remembered, own_cells(notebook))
        except Stopped as stopped:
            amiss.append(f"{student}: not compared, {stopped}")
    groups = course.groups(problem_set).values()
    one_group = {frozenset(pair) for members in groups for pair in combinations(members, 2)}
    found = pairs(remembered, common, one_group)
    text = [f"# {problem_set}: what pairs of {len(remembered)} hand-ins share", ""]
    text += [
        "This points and proves nothing, and no mark depends on it: read both notebooks before"
    ]
    text += ["you ask anybody. A short right answer looks like any other.", ""]
    text += ["| share | students | where, and how many passages |", "|---|---|---|"]
    for share, one, other, where in found[:MOST]:
        cells = ", ".join(f"{cell} ({count})" for cell, count in where.items())
        both = ", ".join("+".join([s, *repeated.get(s, [])]) for s in (one, other))
        text.append(f"| {share:.0%} | {both} | {cells} |")
    more = [f"{len(found) - MOST} more pairs are left out."] if len(found) > MOST else []
    nobody = [] if found else ["No pair shares more than the class does."]
    return [*text, "", *nobody, *more, *amiss]

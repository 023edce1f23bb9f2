"""The report on similar hand-ins: it sees a copy under other names, and nothing that all write."""

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from grading import similar
from grading.course import Course
from tests.grading.conftest import SET

COPIED = """
def fit(X, y, rate, steps):
    weights = np.zeros(X.shape[1])
    for step in range(steps):
        errors = y - X @ weights
        inside = np.abs(errors) <= 1.345
        pull = np.where(inside, errors, 1.345 * np.sign(errors))
        weights = weights + rate * X.T @ pull / len(y)
        if step % 10 == 0 and np.linalg.norm(pull) < 1e-8:
            break
    return weights
"""
RENAMED = (
    COPIED.replace("weights", "theta")
    .replace("errors", "r")
    .replace("1.345", "1.5")
    .replace("    pull =", "    # my own idea\n    pull =")
    .replace("for step", "for  i")
    .replace("step % 10", "i % 10")
)
OWN = """
def fit(X, y, rate, steps):
    theta = np.linalg.lstsq(X, y, rcond=None)[0]
    while steps > 0:
        steps -= 1
        gradient = np.mean([np.clip(x @ theta - t, -1, 1) * x for x, t in zip(X, y)], axis=0)
        theta = np.subtract(theta, np.multiply(rate, gradient))
    return theta.copy()
"""


def remembered(**codes):
    cells = {s: [("fit", "code", code)] for s, code in codes.items()}
    return {s: similar._remembered(c) for s, c in cells.items()}


def test_a_copy_under_other_names_is_seen_and_where_it_stands():
    found = similar.pairs(remembered(ada=COPIED, emmy=RENAMED, sonya=OWN), set())
    (share, one, other, where) = found[0]
    assert (len(found), share, one, other, list(where)) == (1, 1.0, "ada", "emmy", ["fit"])


def test_half_a_copy_in_another_cell_is_seen():
    moved = {"own-1": similar._remembered([("fit", "code", RENAMED)])["fit"]}
    both = remembered(ada=COPIED) | {"emmy": moved | remembered(x=OWN)["x"]}
    ((share, _, _, where),) = similar.pairs(both, set())
    assert share == 1.0, "of the shorter one"
    assert sum(where.values()) == len(both["ada"]["fit"])


def test_what_was_released_and_what_many_write_does_not_count():
    class_ = remembered(**{f"s{i}": COPIED for i in range(similar.OFTEN + 1)})
    assert similar.pairs(class_, set()) == []
    two = remembered(ada=COPIED, emmy=COPIED)
    assert len(similar.pairs(two, set())) == 1
    assert similar.pairs(two, set(similar.passages(COPIED, "code"))) == []
    assert similar.pairs(two, set(), {frozenset(("ada", "emmy"))}) == []


def test_every_shared_passage_as_long_as_a_window_is_seen():
    """The guarantee of winnowing: window + passage - 1 tokens in common leave one print."""
    shared = [str(i) for i in range(similar.WORDS + similar.WINDOW - 1)]
    for before in range(8):
        texts = [
            " ".join([f"{who}{i}" for i in range(before)] + shared + [f"{who}end"] * 9)
            for who in "ab"
        ]
        one, other = (similar.winnowed(similar.passages(text, "markdown")) for text in texts)
        assert one & other


def test_code_that_is_no_python_and_an_empty_cell_do_no_harm():
    cells = [("a", "code", "def f(:\n  '''\n\x00"), ("b", "code", ""), ("c", "markdown", "one two")]
    assert similar._remembered(cells)["b"] == []
    assert similar._remembered(cells)["c"] == []


def test_only_what_a_student_wrote_is_compared():
    notebook = new_notebook(cells=[new_code_cell("x", id="own-1"), new_code_cell("y", id="text-0")])
    locked = new_code_cell("z", id="setup")
    locked.metadata.nbgrader = {"solution": False, "grade_id": "setup"}
    notebook.cells.append(locked)
    assert similar.own_cells(notebook) == [("own-1", "code", "x")]


def test_what_a_group_handed_in_is_one_text_whose_members_are_named_together(tmp_path, monkeypatch):
    groups = {"lions": ["ada", "emmy", "sonya"], "tigers": ["carl", "henri", "kurt"]}
    course = Course(tmp_path)
    monkeypatch.setattr(course, "groups", lambda problem_set: groups)
    monkeypatch.setattr(course, "variant", lambda problem_set: 0)
    monkeypatch.setattr(similar, "known", lambda course, problem_set: set())
    codes = dict.fromkeys(groups["lions"], COPIED) | dict.fromkeys(groups["tigers"], RENAMED)
    for student, code in {**codes, "grace": OWN}.items():
        path = course.submitted(SET, student)
        path.parent.mkdir(parents=True)
        nbformat.write(new_notebook(cells=[new_code_cell(code, id="own-1")]), path)
    # One by one they would be nine pairs, or, with six alike, what many write, and none.
    text = similar.lines(course, SET)
    assert "3 hand-ins" in text[0]
    (row,) = [line for line in text if "%" in line]
    assert row.startswith("| 100% | ada+emmy+sonya, carl+henri+kurt | own-1 (")


def test_right_answers_that_are_the_solution_point_at_nobody(term):
    text = "\n".join(similar.lines(term["course"], SET))
    assert "no mark depends on it" in text
    assert "| right," not in text
    assert ", right |" not in text
    # Two hand-ins of the term hold the same program of somebody who looks for a hidden case.
    assert "tells_hidden_cases_by_length" in text
    cells = nbformat.read(term["course"].submitted(SET, "right"), as_version=4)
    assert {name for name, _, _ in similar.own_cells(cells)} >= {"mse_gradient"}

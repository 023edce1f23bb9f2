"""A hand-in in the form that was released: of the student's notebook nothing but text is kept."""

import copy
import json
import re
from dataclasses import dataclass
from itertools import pairwise

from nbformat.v4 import new_code_cell, new_markdown_cell

CELLS = 1000
TEXT = 2_000_000
GONE = (
    "*(The cell for this answer is gone. If there is an answer, it is in one of the cells that the "
    "student added.)*"
)


class NoNotebook(ValueError):
    """Why a file cannot be read as a notebook, in words."""


@dataclass(eq=False)
class Cell:
    """A cell that came in: the name of the released cell that it is or belongs to, kind, text."""

    name: str | None
    kind: str
    text: str


def restore(content, released, problem=""):
    """Return the released notebook with the student's answers and own cells, and why not, if so.

    Names, points, locks and metadata are those that were released; only text is the student's.
    """
    cells, other = [], []
    if not problem:
        try:
            data = parsed(content)
            cells, other = _recognized(read(data), released), _other_variant(data, released)
            names = {_name(cell) for cell in released.cells} - {None}
            if cells and not names.intersection(cell.name for cell in cells):
                raise NoNotebook(
                    "none of its cells belongs to this problem set: is it another notebook?"
                )
        except NoNotebook as error:
            cells, problem = [], str(error)
    notebook = copy.deepcopy(released)
    notebook.cells, remarks = _merge(cells, notebook.cells)
    remarks += [] if problem else other
    notebook.metadata.lossbook.problem = problem
    notebook.metadata.lossbook.remarks = remarks
    if problem:
        words = f"**This hand-in could not be read:** {problem}."
        notebook.cells.insert(0, new_markdown_cell(words, id="problem"))
    elif remarks:
        words = "\n".join(f"- {remark}" for remark in remarks)
        notebook.cells.insert(0, new_markdown_cell(f"**How this was read**\n\n{words}", id="read"))
    return notebook, problem


def parsed(content):
    """Return what a notebook's bytes hold, whatever it is."""
    try:
        # Finds out by itself whether it is UTF-8 or UTF-16, with a mark at the beginning or not.
        return json.loads(content)
    except UnicodeDecodeError:
        raise NoNotebook("it is not a notebook: its text is not UTF-8") from None
    except json.JSONDecodeError as error:
        what = _instead(content) or f": it is cut off or damaged at line {error.lineno}"
        raise NoNotebook(f"it is not a notebook{what}") from None
    except (ValueError, RecursionError):
        raise NoNotebook("it is not a notebook: it holds something without end") from None


def read(data):
    """Return the cells of a notebook.

    A cell's id in the release is its name: some programs keep the id and lose other metadata.
    """
    read = [_cell(cell) for cell in _list(data)]
    if sum(len(cell.text) for cell in read) > TEXT:
        raise NoNotebook(f"its cells hold more than {TEXT // 1_000_000} million characters")
    return read


def _other_variant(data, released):
    """Return a remark if the notebook was not made from the one that the student got."""
    own = released.metadata.lossbook.variant
    try:
        came = data["metadata"]["lossbook"]["variant"]
    except (KeyError, TypeError):
        return []
    if type(came) is not int or not 0 <= came < 100 or came == own:
        return []
    return [f"hand-in: the notebook is that of variant {came}; it is graded as variant {own}"]


def _instead(content):
    """Say what usually comes in a notebook's place; empty if it is something else."""
    if not content.strip():
        return " but an empty file"
    return " but a web page (HTML)" if content.lstrip().startswith(b"<") else ""


def _list(data):
    """Return the list of cells; up to format 3 they stand in worksheets."""
    data = data if isinstance(data, dict) else {}
    cells, sheets = data.get("cells"), data.get("worksheets")
    if cells is None and isinstance(sheets, list):
        lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        cells = [cell for some in lists if isinstance(some, list) for cell in some]
    if not isinstance(cells, list):
        raise NoNotebook("it is not a notebook: there is no list of cells")
    if len(cells) > CELLS:
        raise NoNotebook(f"there are more than {CELLS} cells")
    return cells


def _cell(cell):
    cell = cell if isinstance(cell, dict) else {"source": None}
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise NoNotebook("it is not a notebook: a cell has no text")
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = about.get("grade_id") if isinstance(about, dict) else cell.get("id")
    kind = cell.get("cell_type")
    # Half of a surrogate pair is no text that could be written to a file.
    source = source.encode("utf-8", "replace").decode("utf-8")
    return Cell(
        name if isinstance(name, str) else None, kind if isinstance(kind, str) else "", source
    )


def _recognized(cells, released):
    """Give the name of an answer that is missing to the cells that define its function."""
    names, here = {_name(cell) for cell in released.cells}, {cell.name for cell in cells}
    missing = [n for n in map(_name, filter(is_code_answer, released.cells)) if n not in here]
    for cell in cells:
        found = (n for n in missing if cell.kind == "code" and defines(n, cell.text))
        cell.name = next(found, cell.name if cell.name in names else None)
    return cells


def defines(name, code):
    """Tell whether a cell gives the name a meaning."""
    return re.search(rf"^(?:def|async def|class)\s+{name}\b|^{name}\s*=", code, re.MULTILINE)


def is_code_answer(cell):
    return cell.cell_type == "code" and bool(_name(cell)) and cell.metadata.nbgrader.solution


def _name(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _merge(cells, released):
    """Return the released cells among the student's own, in the student's order, and remarks."""
    graded = {_name(cell): cell for cell in released if _name(cell)}
    starters = {_name(cell): cell.source for cell in released if is_code_answer(cell)}
    cells, remarks = _with_words(cells, released)
    chosen = {name: _main(name, cells, starter) for name, starter in starters.items()}
    merged, done, own = [], set(), 0
    for cell in cells:
        ours = graded.get(cell.name)
        if ours is None or (cell.name in chosen and cell is not chosen[cell.name]):
            keep = True
        elif ours.metadata.nbgrader.solution:
            keep, ours.source = False, cell.text
        else:
            # What somebody wrote into a locked cell, or merged with one, is theirs to run.
            keep = cell.text.strip() != ours.source.strip()
        if keep and cell.kind in ("code", "markdown"):
            own += 1
            make = new_code_cell if cell.kind == "code" else new_markdown_cell
            merged.append(make(cell.text, id=f"own-{own}"))
        if ours is not None and chosen.get(cell.name, cell) is cell and cell.name not in done:
            done.add(cell.name)
            merged.append(ours)
    _bring_back(merged, graded)
    for name, starter in starters.items():
        _after_answer(name, starter, merged, graded)
        count = sum(cell.name == name for cell in cells)
        if count > 1:
            remarks.append(
                f"{name}: its cell was split or copied; {count} cells run in their order"
            )
    return merged, remarks


def _main(name, cells, starter):
    """Return the cell that is shown as the answer; all that have its name run."""
    named = [cell for cell in cells if cell.name == name]
    places = [i for i, cell in enumerate(cells) if cell.name == f"{name}-check"]
    early = [cell for cell in cells[: (*places, len(cells))[0]] if cell in named]
    answering = [cell for cell in named if _answers(name, cell.text, starter)]
    first = [cell for cell in early if cell in answering]
    return (first[-1:] or answering[:1] or named[-1:] or [None])[0]


def _answers(name, text, starter):
    return defines(name, text) and text.strip() != starter.strip()


def _bring_back(merged, graded):
    """Put a cell that is missing after the one that it followed when it was released."""
    order = list(graded)
    for position, name in enumerate(order):
        if name not in map(_name, merged):
            before = [i for i, cell in enumerate(merged) if _name(cell) in order[:position]]
            merged.insert(before[-1] + 1 if before else 0, graded[name])


def _after_answer(name, starter, merged, graded):
    """Let no check run before the answer that it checks, wherever the student has put that."""
    checks = [graded[n] for n in (f"{name}-check", f"{name}-hidden") if n in graded]
    answers = [
        cell
        for cell in merged
        if cell.cell_type == "code"
        and not any(cell is check for check in checks)
        and _answers(name, cell.source, starter)
    ]
    for check in reversed(checks if answers else []):
        places = {id(cell): i for i, cell in enumerate(merged)}
        if places[id(check)] < places[id(answers[0])]:
            merged.insert(places[id(answers[0])] + 1, check)
            del merged[places[id(check)]]


def _with_words(cells, released):
    """Join what belongs to an answer in words, found by its name or below its question.

    Return the cells that are left, and remarks.
    """
    texts, remarks = {cell.source.strip() for cell in released}, []
    for question, answer in pairwise(released):
        name = _name(answer)
        if answer.cell_type != "markdown" or not name:
            continue
        starter = answer.source.strip()
        gathered = _below(question.source.strip(), name, starter, cells, texts)
        written = [cell.text for cell in gathered if cell.text.strip() != starter]
        if len(written) > 1 or (written and not any(cell.name == name for cell in gathered)):
            count = "a cell" if len(written) == 1 else f"{len(written)} cells"
            remarks.append(f"{name}: found in {count} below its question")
        if gathered:
            gathered[0].name, gathered[0].text = name, "\n\n".join(written) or answer.source
            cells = [cell for cell in cells if cell not in gathered[1:]]
        elif any(_own_words(cell, texts) for cell in cells):
            answer.source = GONE
            remarks.append(f"{name}: its cell is gone; look for it among the student's own cells")
    return cells, remarks


def _own_words(cell, texts):
    return cell.name is None and cell.kind == "markdown" and cell.text.strip() not in texts


def _below(question, name, starter, cells, texts):
    """Return the cells that have the name of an answer in words, or stand below its question."""
    found, inside = [], False
    for cell in cells:
        text = cell.text.strip()
        if cell.name == name or (inside and cell.name is None and text == starter):
            inside = True
            found.append(cell)
        elif text == question:
            inside = True
        elif cell.name or text in texts:
            inside = False
        elif inside and cell.kind in ("markdown", "raw"):
            found.append(cell)
    return found

"""The handbook for instructors says what is so: commands, files, minutes, limits, examples."""

import posixpath
import re
import subprocess

import nbformat
import numpy as np
import pytest
import yaml

from grading import handin, shown
from grading.exercises import read_set, sets
from grading.sandbox import MEGABYTE, Limits
from tools import slides
from tools.build_book import ROOT, pages

HANDBOOK = ROOT / "chapters" / "instructors"
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(HANDBOOK.glob("*.md"))}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PRIVATE = (ROOT / "grading" / "templates" / "private" / "Makefile").read_text(encoding="utf-8")
NUMBERS = {
    "twelve": 12, "fourteen": 14, "fifteen": 15, "sixteen": 16, "eighteen": 18, "twenty": 20,
    "twenty-five": 25, "thirty": 30, "thirty-five": 35, "forty": 40,
}  # fmt: skip
# Its loss is in a chapter of the same week, as the plan says.
LATER = {"pinball_mean"}


def test_every_page_is_in_the_table_of_contents_and_before_the_reference():
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text())["parts"]
    captions = [part["caption"] for part in parts]
    assert captions.index("For instructors") == captions.index("Reference") - 1
    (part,) = (part for part in parts if part["caption"] == "For instructors")
    listed = {chapter["file"].removeprefix("chapters/instructors/") for chapter in part["chapters"]}
    assert listed == set(TEXTS)


@pytest.mark.parametrize("name", TEXTS)
def test_every_command_and_setting_exists(name):
    targets = re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)
    for command in re.findall(r"\bmake ([a-z]+(?: [A-Z]+=\S+)*)", TEXTS[name]):
        target, *settings = command.split()
        if target in targets:
            for setting in settings:
                assert f"$({setting.split('=')[0]})" in MAKEFILE + PRIVATE, command
    for block in re.findall(r"```console\n(.*?)```", TEXTS[name], re.DOTALL):
        for target in re.findall(r"^make ([a-z]+)", block, re.MULTILINE):
            assert target in targets, block
    for setting in re.findall(r"`([A-Z]+)(?:=[^`]*)?`", TEXTS[name]):
        assert setting == "LECTURES" or f"$({setting}" in MAKEFILE, setting
    assert "LOSSBOOK_ASSIGNMENTS" in (ROOT / "grading" / "exercises.py").read_text()


@pytest.mark.parametrize("name", TEXTS)
def test_every_problem_set_and_file_of_the_repository_exists(name):
    text = TEXTS[name]
    for problem_set in re.findall(r"\bPS=([a-z_]+)", text):
        assert problem_set in {*sets(), "example"}, "a sample, or the one of a private repository"
    pattern = r"(?:assignments|binder|grading|lossbook|tools|chapters)/[\w/.]*"
    named = re.findall(rf"`({pattern})`", text) + re.findall(r"literalinclude} (\S+)", text)
    for path in named:
        assert (ROOT / path).exists() or (HANDBOOK / path).exists(), path


def test_the_page_of_the_problem_sets_says_what_the_sets_say():
    text = TEXTS["problem_sets"]
    assert sorted(re.findall(r"^## `(\w+)`", text, re.MULTILINE)) == sets()
    for name in sets():
        exercises = read_set(name)[1]
        machine = sum(e.visible + e.hidden for e in exercises)
        words = sum(e.written_points for e in exercises)
        minutes = sum(e.minutes for e in exercises)
        section = re.search(rf"^## `{name}`.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)[0]
        assert (
            section.splitlines()[0] == f"## `{name}`: {minutes} minutes, {machine} + {words} points"
        )
        rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
        assert rows == [row(e) for e in exercises]
        assert words > 0, "the page on honesty says that every set asks for words"


def row(exercise):
    points = f"{exercise.visible + exercise.hidden}"
    points += f" + {exercise.written_points}" if exercise.written_points else ""
    return (
        f"| {exercise.title} | {exercise.outcome}: {{doc}}`../{exercise.chapter}` "
        f"| {exercise.level} | {exercise.minutes} | {points} |"
    )


def weeks():
    """Return for each week its chapters, their minutes, the set and its minutes."""
    found = []
    for line in TEXTS["course_plan"].splitlines():
        if re.match(r"\| \d\. ", line):
            _, chapters, work = line.strip("| ").split(" | ")
            names = re.findall(r"{doc}`\.\./([^`]+)`", chapters)
            minutes, work, problem_set = re.fullmatch(r"(\d+) \+ (\d+), `(\w+)`", work).groups()
            found.append((names, int(minutes), problem_set, int(work)))
    return found


def opening(chapter):
    return nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4).cells[0].source


def test_a_week_takes_the_minutes_that_its_chapters_and_its_set_tell():
    assert len(weeks()) == 7
    for chapters, minutes, problem_set, work in weeks():
        told = [re.search(r", ([\w-]+) with the exercises", opening(c))[1] for c in chapters]
        assert minutes == sum(NUMBERS[word] for word in told)
        assert work == sum(e.minutes for e in read_set(problem_set)[1])
        assert 2 <= (minutes + work) / 60 < 3.3, "about three hours"


def test_no_chapter_and_no_set_comes_before_a_chapter_that_it_needs():
    seen, needs = [], 0
    for chapters, _, problem_set, _ in weeks():
        for chapter in chapters:
            needed = re.search(r"You need ((?:`[^`]*`|[^.;`])*)", opening(chapter))[1]
            for link in re.findall(r"{doc}`([^`]+)`", needed):
                target = posixpath.normpath(posixpath.join(posixpath.dirname(chapter), link))
                needs += 1
                assert target in seen, (chapter, target)
            seen.append(chapter)
        for exercise in read_set(problem_set)[1]:
            assert exercise.chapter in seen or exercise.name in LATER, exercise.name
    assert len(seen) == len(set(seen))
    assert needs > 15
    assert all(f"chapters/{chapter}" in pages(ROOT) for chapter in seen)


def test_two_hours_are_two_hours_and_the_slides_are_of_their_chapters():
    section = TEXTS["course_plan"].split("## Two hours")[1].split("\n## ")[0]
    assert sum(map(int, re.findall(r"^\| (\d+) \|", section, re.MULTILINE))) == 120
    chapters = re.findall(r"{doc}`\.\./([^`]+)`", section)
    assert [f"chapters/{chapter}" for chapter in chapters] == list(slides.LECTURES)
    names = [e.name for e in read_set("descent")[1]]
    for name in re.findall(r"`(\w+)`", section.rsplit("| 25 |", 1)[1].split(" of the set ")[0]):
        assert name in names


def test_the_limits_are_those_of_the_box():
    limits, text = Limits(), " ".join(TEXTS["release_and_grade"].split())
    assert f"may take {limits.step_seconds:g} seconds" in text
    assert f"a notebook {limits.notebook_seconds:g} seconds" in text
    assert f"{limits.memory / 1024 / MEGABYTE:g} GB of memory" in text
    inside = (ROOT / "grading" / "box" / "inside.py").read_text()
    kept = int(re.search(r"^SHOWN = (\w+)$", inside, re.MULTILINE)[1])
    assert f"{kept:,} characters are kept" in text
    assert f"up to {shown.LONGEST:,} characters" in text
    assert f"A file may have {handin.LARGEST // MEGABYTE} MB" in text


def test_the_example_of_checks_tells_right_from_wrong():
    (block,) = re.findall(r"```python\n(.*?)```", TEXTS["write_an_exercise"], re.DOTALL)
    visible, hidden = (part.split("\n", 1)[1] for part in block.split("# %%")[1:])
    names = {"np": np}
    exec(re.sub(r"^   ", "", hidden, flags=re.MULTILINE), names)
    rng = np.random.default_rng(0)
    for answer, right in ((lambda r: r**2 / 2, True), (lambda r: 1.5 * r, False)):
        names["half_square"] = answer
        exec(re.sub(r"^   ", "", visible, flags=re.MULTILINE), names)
        if right:
            names["check"](answer, rng)
        else:
            with pytest.raises(AssertionError, match="half of the square"):
                names["check"](answer, rng)


def test_the_configurations_of_the_hubs_are_read_without_error():
    folder = ROOT / "grading" / "jupyterhub"
    subprocess.run(["bash", "-n", folder / "littlest.sh"], check=True)
    cluster = yaml.safe_load((folder / "cluster.yaml").read_text())
    assert set(cluster) == {"hub", "singleuser", "cull"}
    assert "**not run here**" in TEXTS["jupyterhub"]

"""Submissions of students who mean well: right, wrong, unusual, cut off."""

from tests.grading.submission import (
    EXERCISES,
    FIRST,
    RIGHT,
    ZEROS,
    Submission,
    answer_below_the_question,
    answer_in_a_copy,
    append,
    both,
    drop_the_question,
    first,
    in_format_3,
    in_utf_16,
    keep_an_old_attempt,
    keep_nothing,
    lose_metadata,
    merge_with_the_check,
    split,
    type_anew,
    write_words,
)

HONEST = {
    # Honest ones.
    "right": Submission(20),
    "warns_and_prints_20_MB": Submission(
        20, code=f"import warnings\nwarnings.warn('careful')\nprint('x' * 20_000_000)\n{FIRST}"
    ),
    "prints_in_the_function": Submission(
        20, code=FIRST.replace("residual =", "print('x' * 1_000_000); residual =")
    ),
    "magics": Submission(20, code=f"%matplotlib inline\n!touch <outside>\n{FIRST}"),
    "a_picture_in_words": Submission(
        20, "1 answer waits", edit=write_words("![curve](attachment:curve.png) falls")
    ),
    "lost_its_metadata": Submission(20, edit=lose_metadata),
    "typed_anew_in_other_cells": Submission(20, edit=type_anew),
    "split": Submission(
        20,
        "mse_gradient: its cell was split or copied; 2 cells run",
        code="def double(x):\n    return 2 * x\n# here\n"
        + first("r = parameters[0] + X @ parameters[1:] - y")
        + "    return double(np.append(r.mean(), X.T @ r / len(y)))",
        edit=split,
    ),
    "an_old_attempt_at_the_end": Submission(20, "2 cells run", edit=keep_an_old_attempt),
    "answers_in_a_copy": Submission(20, "2 cells run", edit=answer_in_a_copy),
    "merged_with_the_check": Submission(20, edit=merge_with_the_check),
    "times_captures_and_awaits": Submission(
        20,
        answers={
            "mse_gradient": f"%%capture out\n%%time\n{FIRST}",
            "cross_entropy_gradient": (
                "import asyncio\nawait asyncio.sleep(0)\nfiles = !ls\n%time x = 1\n"
                + RIGHT["cross_entropy_gradient"]
            ),
        },
    ),
    "returns_lists": Submission(
        20,
        code=FIRST.replace("return np.append(", "return [*np.append(").replace("size)", "size)]"),
    ),
    "in_utf_16": Submission(20, raw=in_utf_16),
    "in_format_3": Submission(20, raw=in_format_3),
    "words_typed_anew": Submission(
        20, "1 answer waits", edit=both(write_words("Rounding."), type_anew)
    ),
    "words_in_cells_of_their_own": Submission(20, "1 answer waits", edit=answer_below_the_question),
    "words_without_their_question": Submission(
        20,
        "central_difference-written: its cell is gone",
        edit=both(type_anew, drop_the_question, append("Rounding.", kind="markdown")),
    ),
    # Those that take the grader's time.
    "commands_without_end": Submission(
        20, edit=append("x=[1,2,3]\n" * 2000 + "%ls\n" * 200, "%ls\n" * 2000)
    ),
    "words_without_end": Submission(
        20,
        "1 answer waits",
        edit=both(
            write_words("\\begin{a}" * 70_000),
            append("\\begin{a}" * 70_000, "[" * 10**5, "`" * 99 + "a`" * 9999, kind="markdown"),
        ),
    ),
    "cells_of_its_own": Submission(20, edit=append("x = 1\nx", "mse_gradient", "# text")),
    "a_failing_cell_of_its_own": Submission(20, "ZeroDivisionError", edit=append("1 / 0")),
    "listed_mistakes": Submission(
        3,  # Of softmax and cross-entropy, the hidden cases with small numbers.
        "mse_gradient: Your result is half of the right one",
        answers={name: e.wrong[0].code for name, e in EXERCISES.items()},
    ),
    "mistakes_that_pass_the_visible_check": Submission(
        17,
        "central_difference-hidden: The numbers differ",
        answers={"central_difference": EXERCISES["central_difference"].wrong[3].code},
    ),
    "changes_in_place": Submission(
        15,
        "changes its argument point in place",
        answers={"central_difference": EXERCISES["central_difference"].wrong[2].code},
    ),
    "raises": Submission(15, "stopped with ValueError: odd", code=first("raise ValueError('odd')")),
    "syntax_error": Submission(15, "SyntaxError", code="def mse_gradient(:\n    return"),
    "untouched": Submission(
        0, "Not written yet", answers={n: e.starter for n, e in EXERCISES.items()}
    ),
    "blank_cell": Submission(15, "NameError: mse_gradient is not defined", code="\n"),
    "blank_notebook": Submission(0, "Not written yet", edit=keep_nothing),
    "another_name": Submission(15, "not defined", code=ZEROS.replace("mse_", "my_")),
    "not_a_function": Submission(15, "not callable", code="mse_gradient = 3"),
    "returns_text": Submission(15, "returned 'zero'", code=first("return 'zero'")),
    "uses_the_package": Submission(
        15,
        "the exercises ask for NumPy",
        code=first("return lossbook.risk(lossbook.models.linear, None, X, y)(parameters)[1]"),
    ),
    # Files that are no notebooks.
    "cut_off": Submission(0, "not a notebook", raw=b'{"cells": [{"cell_type": "code", "sou'),
    "binary": Submission(0, "not a notebook", raw=bytes(range(256))),
    "empty_file": Submission(0, "not a notebook but an empty file", raw=b""),
    "a_web_page": Submission(
        0, "not a notebook but a web page", raw=b"<!DOCTYPE html><title>gradients</title>"
    ),
    "another_notebook": Submission(
        0,
        "is it another notebook",
        raw=b'{"cells": [{"cell_type": "code", "source": "x = 1"}]}',
    ),
    "a_list": Submission(0, "no list of cells", raw=b"[1, 2]"),
    "a_cell_without_text": Submission(0, "no text", raw=b'{"cells": [{"source": 3}]}'),
    "nested_without_end": Submission(0, "not a notebook", raw=b'{"cells": ' + b"[" * 10**6),
    "half_a_character": Submission(
        0,
        "Not written yet",
        raw=b'{"cells": [{"cell_type": "code", "source": "\\ud800", "id": "mse_gradient"}]}',
    ),
    "too_large": Submission(0, "larger than 20 MB", raw=b" " * (21 << 20)),
}

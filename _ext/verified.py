"""What the page "What is verified" is made of.

``{verified-equations}`` lists each labeled equation of the book with the test that checks it;
``{verified-claims}`` lists the rows of ``chapters/claims.toml``; ``{slip}`name``` links the test
marked ``@pytest.mark.slip("name")``. What it lists is this book's alone.
"""

from pathlib import Path

import last_run
import left_out
from checked_claims import claims
from checked_equations import TESTS, marked_tests
from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective, SphinxRole

PAGE = "chapters/reference/verified"


class equations(nodes.General, nodes.Element):  # noqa: N801, as docutils names its nodes
    """Where the tables will stand, once every page has been read."""


class VerifiedEquations(SphinxDirective):
    """The tables of the equations."""

    def run(self):
        return [equations()]


class title_of(nodes.Inline, nodes.TextElement):  # noqa: N801
    """Where the title of a page will stand, linked."""


class VerifiedClaims(SphinxDirective):
    """The rows of the claims table, page by page."""

    def run(self):
        root = Path(self.env.srcdir)
        self.env.note_dependency(claims.TABLE.as_posix())
        rows, outcomes = claims.claims(root), last_run.read(root)[1]
        said = sum(len(claim.sentences) for claim in rows)
        excused = sum(len(claims.exceptions(root, page)) for page in claims.pages(root))
        counted = (
            f"{len(rows)} rows stand behind {said} sentences. {excused} sentences compare, and"
        )
        parts = [nodes.paragraph("", f"{counted} are excused, each with a reason.")]
        for page in dict.fromkeys(claim.page for claim in rows):
            items = nodes.bullet_list(classes=["verified-claims"])
            items += [self.item(c, outcomes.get(c.label)) for c in rows if c.page == page]
            parts += [nodes.rubric("", "", title_of("", page=f"chapters/{page}")), items]
        return parts

    def item(self, claim, outcome):
        """Return what a row says: the sentences, what was measured, and what must hold."""
        sentences = nodes.paragraph("", "", *self.parse_inline(" · ".join(claim.sentences))[0])
        over = f", over {claim.over}" if claim.over else ""
        proof = nodes.paragraph("", f"{claim.measured}{over}: ", classes=["checked-by"])
        for inequality in claim.holds:
            proof += [nodes.literal("", inequality), nodes.Text("; ")]
        if claim.holds:
            proof.pop()
        else:
            tests = marked_tests(Path(self.env.srcdir) / TESTS, "claim")
            proof += tests[claim.label].link(self.config.html_theme_options["repository_url"])
        proof += nodes.Text(f" ({outcome})" if outcome else "")
        return nodes.list_item("", sentences, proof, ids=[f"claim-{claim.label}"])


class Slip(SphinxRole):
    """A link to the test that shows a slip."""

    def run(self):
        root = Path(self.env.srcdir)
        tests = marked_tests(root / TESTS, "slip")
        if self.text not in tests:
            message = f"no test in {TESTS} is marked @pytest.mark.slip({self.text!r})"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]
        link = tests[self.text].link(self.config.html_theme_options["repository_url"])
        outcome = last_run.read(root)[1].get(self.text)
        return [link, nodes.Text(f" ({outcome})" if outcome else "")], []


def fill(app, doctree, docname):
    root, domain = Path(app.srcdir), app.env.get_domain("math")
    tests = marked_tests(root / TESTS, "equation")
    repository = app.config.html_theme_options["repository_url"]
    for place in list(doctree.findall(title_of)):
        place.replace_self(page_link(app, docname, place["page"]))
    for place in list(doctree.findall(equations)):
        day, outcomes = last_run.read(root)
        by_page = {page: [] for page in in_order(app.env, app.config.root_doc)}
        for label, (page, _) in domain.equations.items():
            if label in tests:
                by_page[page].append(label)
        checked = [label for labels in by_page.values() for label in labels]
        marked = [tests[label] for label in checked]
        parts = [nodes.paragraph("", summary(checked, marked, outcomes, day))]
        for page, labels in by_page.items():
            rows = []
            for label in labels:
                number = domain.resolve_xref(
                    app.env, docname, app.builder, "eq", label, addnodes.pending_xref(), None
                )
                exact = nodes.Text("; ".join(tests[label].tolerances).replace("e-", "e−"))
                row = [
                    number,
                    tests[label].link(repository),
                    nodes.Text(input_of(tests[label])),
                    exact,
                ]
                rows.append(row + [nodes.Text(outcomes.get(label, "not run"))] * bool(day))
            if rows:
                parts.append(nodes.rubric("", "", page_link(app, docname, page)))
                head = ["eq.", "the test says", "the printed formula is", "tolerance", "result"]
                parts.append(table(head[: len(rows[0])], rows))
        place.replace_self(parts)


def page_link(app, docname, page):
    if page in app.config.left_out_pages:
        return left_out.link(app.config, page, left_out.title(app.srcdir, page))
    link = nodes.reference("", app.env.titles[page].astext(), internal=True)
    link["refuri"] = app.builder.get_relative_uri(docname, page)
    return link


def in_order(env, page):
    """Return the pages in the order of the table of contents."""
    yield page
    for child in env.toctree_includes.get(page, []):
        yield from in_order(env, child)


def input_of(test):
    """Say what a test does with the LaTeX of the page."""
    return "; ".join(
        ["evaluated"] * test.evaluated + [f"pinned: {test.pinned}"] * bool(test.pinned)
    )


def summary(labels, tests, outcomes, day):
    evaluated = sum(test.evaluated for test in tests)
    pinned = sum(bool(test.pinned) for test in tests)
    share = evaluated / max(1, len(labels))
    counted = f"{len(labels)} equations have a label, and each has a test. "
    counted += f"The tests evaluate {evaluated} of them as printed ({share:.0%}). "
    counted += f"They hold {pinned} word for word, for the reason given. "
    if day is None:
        return counted.strip()
    passed = sum(outcomes.get(label) == "passed" for label in labels)
    return counted + f"On {day} the tests of {passed} of them passed, on the sources shown here."


def table(head, rows):
    """Return a table; each cell is one inline node."""
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    for part, lines in ((nodes.thead(), [map(nodes.Text, head)]), (nodes.tbody(), rows)):
        for line in lines:
            row = nodes.row()
            row += [nodes.entry("", nodes.paragraph("", "", cell)) for cell in line]
            part += row
        group += part
    return nodes.table("", group, classes=["verified"])


def setup(app):
    app.add_node(equations)
    app.add_node(title_of)
    app.add_directive("verified-equations", VerifiedEquations)
    app.add_directive("verified-claims", VerifiedClaims)
    app.add_role("slip", Slip())
    app.connect("doctree-resolved", fill)
    # The page depends on all others and on the tests: read it anew whenever the site is built.
    app.connect("env-get-outdated", lambda app, env, *_: {PAGE} & env.found_docs)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

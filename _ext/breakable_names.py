"""In a table a long name of code may break after a dot or an underscore, and only there.

A style alone would break them anywhere.
"""

import re

from docutils import nodes


def allow_breaks(app, doctree, docname):
    for table in list(doctree.findall(nodes.table)):
        for literal in list(table.findall(nodes.literal)):
            pieces = re.split(r"(?<=[._,(=])(?=\w)", literal.astext())
            children = [nodes.Text(pieces[0])]
            for piece in pieces[1:]:
                children += [nodes.raw("", "<wbr>", format="html"), nodes.Text(piece)]
            literal.children = []
            literal.extend(children)


def setup(app):
    app.connect("doctree-resolved", allow_breaks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

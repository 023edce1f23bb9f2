"""A page names the repository as ``{{repository}}`` and the site as ``{{site}}``, in code too.

The address itself stands in `_config.yml` alone: see `tools/address.py`.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
from tools import address


def name_the_site(app, config):
    config.html_baseurl = address.read(Path(app.srcdir)).site


def write_out(app, docname, source):
    here = address.read(Path(app.srcdir))
    for name, value in (("repository", here.repository), ("site", here.site)):
        source[0] = source[0].replace(f"{{{{{name}}}}}", value)


def setup(app):
    app.connect("config-inited", name_the_site)
    app.connect("source-read", write_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

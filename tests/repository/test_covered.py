"""Only the tests of the package are traced for its coverage."""

import sys
import threading

from tests.covered import OTHERS
from tools.build_book import ROOT


def test_a_test_beside_the_package_is_not_traced_nor_are_its_threads(request):
    assert request.node.nodeid.startswith(OTHERS)
    assert sys.gettrace() is None
    assert threading.gettrace() is None


def test_the_folders_that_are_not_traced_are_there():
    assert [name for name in OTHERS if not (ROOT / name).is_dir()] == []

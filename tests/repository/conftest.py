"""What is kept from one run to the next is thrown away if a test of it fails."""

import pytest

from tests import keep
from tools import trust


@pytest.fixture(scope="module")
def made(request):
    """Return `keep.made`; after a failure, forget what it gave: chance may have spoiled it."""
    failed, given = request.session.testsfailed, []

    def ask(*arguments):
        given.append(keep.made(*arguments))
        return given[-1]

    yield ask
    if request.session.testsfailed > failed:
        trust.remove(*given)

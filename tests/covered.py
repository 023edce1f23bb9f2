"""The package is covered by its own tests: the others are not traced, which takes twice as long."""

import importlib
import pkgutil

import coverage
import pytest

OTHERS = ("tests/book/", "tests/grading/", "tests/repository/", "chapters/")


def trace(config, wanted):
    """Let the coverage of a run trace or rest; a run without --cov has none."""
    plugin = config.pluginmanager.getplugin("_cov")
    controller = plugin and plugin.cov_controller
    if controller and controller.started != wanted:
        (controller.resume if wanted else controller.pause)()
    # In a worker pytest-cov leaves another one running, whose data it never reads.
    while not wanted and (other := coverage.Coverage.current()):
        other.stop()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session):
    """Trace the import of the package, not the search for tests."""
    import lossbook

    for module in pkgutil.walk_packages(lossbook.__path__, "lossbook."):
        importlib.import_module(module.name)
    trace(session.config, False)
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    trace(item.config, not item.nodeid.startswith(OTHERS))
    return (yield)

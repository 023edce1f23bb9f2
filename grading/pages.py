"""The pages that students get: nbconvert's HTML, from templates that are compiled once."""

from jinja2 import BytecodeCache
from nbconvert.exporters import HTMLExporter


class Compiled(BytecodeCache):
    """The templates of this process; Jinja looks by itself whether their text is still the same."""

    def __init__(self):
        self.templates = {}

    def load_bytecode(self, bucket):
        if bucket.key in self.templates:
            bucket.bytecode_from_string(self.templates[bucket.key])

    def dump_bytecode(self, bucket):
        self.templates[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


class PageExporter(HTMLExporter):
    """nbconvert's, which would compile all templates for every student again."""

    def _create_environment(self):
        environment = super()._create_environment()
        environment.bytecode_cache = COMPILED
        return environment

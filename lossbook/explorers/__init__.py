"""The interactive figures of the book: on a static page, from the keyboard, without a kernel."""

from lossbook.explorers.classification import ClassificationExplorer
from lossbook.explorers.damping import DampingExplorer
from lossbook.explorers.descent import DescentExplorer
from lossbook.explorers.elicitation import ElicitationExplorer
from lossbook.explorers.frames import Frames, svg
from lossbook.explorers.line_fitting import LineFittingExplorer
from lossbook.explorers.loss import LossExplorer
from lossbook.explorers.one_number import OneNumberExplorer
from lossbook.explorers.softmax import SoftmaxExplorer

__all__ = [
    "ClassificationExplorer",
    "DampingExplorer",
    "DescentExplorer",
    "ElicitationExplorer",
    "Frames",
    "LineFittingExplorer",
    "LossExplorer",
    "OneNumberExplorer",
    "SoftmaxExplorer",
    "svg",
]

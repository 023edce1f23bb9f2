"""The cases of every family together."""

from tests.losses import (
    classification_cases,
    distribution_cases,
    embedding_cases,
    regression_cases,
    reinforcement_cases,
)

CASES = [
    *regression_cases.CASES,
    *classification_cases.CASES,
    *distribution_cases.CASES,
    *embedding_cases.CASES,
    *reinforcement_cases.CASES,
]

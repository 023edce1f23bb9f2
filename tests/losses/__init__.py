"""Tests of every loss, parametrized over the cases in ``*_cases.py``: one or more for each loss."""

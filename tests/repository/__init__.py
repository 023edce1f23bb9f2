"""Tests of the repository itself: its pins, its notebooks' form, its commands, its README."""

"""Tests of what the book says: its equations, its numbers, and the site that is built from it."""

"""Release problem sets and grade what comes back, with nbgrader and a sandbox.

Student code runs only in ``grading.sandbox``; the checks run outside, on values that cross as JSON.
"""

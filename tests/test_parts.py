"""When two results are the same: what NumPy says, and for tiny numbers more."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lossbook.parts import close

DTYPES = st.sampled_from(["?", "i1", "u1", "i8", "u8", "f2", "f4", "f8"]).map(np.dtype)
NUMBERS = [0.0, -0.0, 1.0, 1 + 9e-7, 1 + 2e-6, 1e-7, 5e-324, np.inf, -np.inf, np.nan]
PAIRS = DTYPES.flatmap(lambda d: st.tuples(*[arrays.arrays(d, 3)] * 2)) | st.tuples(
    *[arrays.arrays(float, 3, elements=st.sampled_from(NUMBERS))] * 2
)


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
@pytest.mark.parametrize("single", [False, True])
@given(pair=PAIRS)
def test_close_is_what_numpy_calls_close(single, pair):
    relative, absolute = (1e-4 if single else 1e-6), 1e-7
    expected = np.allclose(*pair, relative, absolute, equal_nan=True)
    assert close(*pair, single) == expected
    for got, wanted in zip(*pair):
        alone = np.asarray(got), np.asarray(wanted)
        assert close(*alone, single) == np.allclose(*alone, relative, absolute, equal_nan=True)


def test_close_knows_shapes_and_the_digits_of_tiny_numbers():
    assert not close(np.ones(3), np.ones((1, 3)), False)
    one, other = np.array(1e-300), np.array(2e-300)
    assert close(one, other, False)
    assert not close(one, other, False, tiny=True)
    assert close(one, one * (1 + 1e-9), False, tiny=True)

"""The picture of a class is drawn whatever the class did, and its numbers stand in words."""

from collections import Counter

import pytest

from grading.picture import MOST, draw

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("count", [0, 1, MOST + 3])
def test_it_is_drawn_with_any_number_of_mistakes(tmp_path, count):
    said = {
        ("mse_gradient", f"The price is $ {i}, $x^{{ and more words " * 5): 3 + i
        for i in range(count)
    }
    shares = {"mse_gradient": (0.25, 0.2), "softmax_gradient": (1.0, 1.0)}
    telling = {"mse_gradient": -0.5, "softmax_gradient": float("nan")}
    words = draw(shares, telling, Counter(said), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes()[:8] == PNG
    assert words.startswith(
        "mse_gradient: 25% of the points, 20% with full marks, discrimination -0.50; "
        "softmax_gradient: 100% of the points, 100% with full marks, no spread"
    )
    assert words.count("hand-ins in mse_gradient") == min(count, MOST)
    assert b"Description" in (tmp_path / "a.png").read_bytes()

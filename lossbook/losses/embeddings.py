"""Losses of vectors that are to be close or far apart, and of masks that are to overlap."""

import numpy as np
from numpy.typing import ArrayLike

from lossbook.losses.classification import softmax_cross_entropy
from lossbook.losses.inputs import Numbers, positive, probability_rows, real_pair, rows, yes_or_no
from lossbook.losses.results import Floats, OfTheSum, Result, at_once, in_blocks


def cosine_distance(predictions: ArrayLike, targets: ArrayLike) -> Result:
    """Compare directions only: 0 for parallel vectors, 1 for orthogonal, 2 for opposite ones.

    With the unit vectors u of a prediction a and v of its target, value 1 − u·v = ½‖u − v‖²,
    gradient ((u·v)u − v)/‖a‖, orthogonal to a. Smooth, not convex. Its expectation is least in the
    direction of the mean of v. A value d of nearly parallel vectors is exact relative to √(2d), the
    distance between u and v, and the gradient relative to 1/‖a‖, since u and v are rounded.

    Parameters
    ----------
    predictions, targets : array_like, shape (n, k)
        Real numbers, no row all zero.

    Returns
    -------
    values : ndarray, shape (n,)
    gradients : ndarray, shape (n, k)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or a row is zero and so has no direction.

    References
    ----------
    G. Salton and M. J. McGill, *Introduction to Modern Information Retrieval*, 1983.

    Examples
    --------
    >>> values, gradients = cosine_distance([[2, 0], [2, 0], [2, 0]], [[3, 0], [0, 3], [-3, 0]])
    >>> values
    array([0., 1., 2.])
    >>> gradients
    array([[ 0. ,  0. ],
           [ 0. , -0.5],
           [ 0. ,  0. ]])
    """
    predictions, targets = _row_pair(predictions, targets, ("predictions", "targets"))
    _refuse_zero_rows(predictions, "predictions")
    _refuse_zero_rows(targets, "targets")
    return in_blocks(_cosine_distance, predictions, targets)


def _cosine_distance(predictions: Floats, targets: Floats) -> Result:
    (length, u), (_, v) = _polar(predictions), _polar(targets)
    # 1 − u·v would be 0, or below, for nearly parallel vectors.
    values = np.sum((u - v) ** 2, axis=1) / 2
    return values, ((u - v) - values[:, None] * u) / length[:, None]


def contrastive(
    anchors: ArrayLike, others: ArrayLike, labels: ArrayLike, *, margin: float = 1.0
) -> tuple[Floats, tuple[Floats, Floats]]:
    """Pull pairs of the same kind together and push different ones apart, up to a margin.

    With the Euclidean distance D of a pair, value ½D² for label 1 (same) and ½max(0, margin − D)²
    for label 0 (different). Gradient by the anchor: D·e and −max(0, margin − D)·e, where e is the
    unit vector from the other to the anchor; by the other, minus that. The paper has the opposite
    labels, 0 for the same. Convex for label 1, not for label 0, with a kink there at D = 0, where
    the subgradient returned is 0. In expectation it is least where the distances tell same from
    different pairs. Near D = margin it is exact relative to D and the margin, whose difference it
    squares.

    Parameters
    ----------
    anchors, others : array_like, shape (n, k)
        Real numbers: the two vectors of each pair.
    labels : array_like, shape (n,)
        1 for a pair of the same kind, 0 for a different one.
    margin : float
        The distance, from which on different pairs are far enough apart. Above 0.

    Returns
    -------
    values : ndarray, shape (n,)
    gradients : tuple of two ndarray, shape (n, k)
        By the anchors and by the others.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes do not fit, there is no sample, a label is neither 0 nor 1, or ``margin`` is
        not above 0.

    References
    ----------
    R. Hadsell, S. Chopra and Y. LeCun, "Dimensionality reduction by learning an invariant mapping",
    *CVPR*, 2006.

    Examples
    --------
    >>> values, gradients = contrastive([[0, 0], [0, 0]], [[3, 4], [3, 4]], [1, 0], margin=6)
    >>> values
    array([12.5,  0.5])
    >>> gradients[0]
    array([[-3. , -4. ],
           [ 0.6,  0.8]])
    """
    anchors, others = _row_pair(anchors, others, ("anchors", "others"))
    same = yes_or_no(labels, "labels", anchors.shape[:1], "1 for the same, 0 for different")
    return in_blocks(_contrastive, anchors, others, same, margin=positive(margin, "margin"))


def _contrastive(
    anchors: Floats, others: Floats, same: Numbers, margin: float
) -> tuple[Floats, tuple[Floats, Floats]]:
    difference = anchors - others
    ends = np.finfo(difference.dtype)  # for a distance that is too large, its direction is not used
    distance, direction = _polar(np.clip(difference, ends.min, ends.max))
    # Half the square of what is wrong with the distance: D itself, or what the margin lacks.
    lack = np.maximum(margin - distance, 0)
    wrong = np.where(same, distance, lack)
    gradient = np.where(same[:, None], difference, -lack[:, None] * direction)
    return wrong * (wrong / 2), (gradient, -gradient)


def triplet(
    anchors: ArrayLike, positives: ArrayLike, negatives: ArrayLike, *, margin: float = 1.0
) -> tuple[Floats, tuple[Floats, Floats, Floats]]:
    """Want each anchor closer to its positive than to its negative, by a margin.

    For an anchor a, a positive p and a negative n, value max(0, ‖a − p‖² − ‖a − n‖² + margin);
    gradients 2(n − p), 2(p − a) and 2(a − n) where the value is above 0, else 0, and so at the
    kink. The distances are squared, as in the paper, so the margin is in squared units; PyTorch's
    ``TripletMarginLoss`` takes the distances themselves. Not convex (convex in a alone). In
    expectation it is least where classes are a margin apart, if they can be. Exact relative to the
    largest of the three terms of the value.

    Parameters
    ----------
    anchors, positives, negatives : array_like, shape (n, k)
        Real numbers: the three vectors of each triplet.
    margin : float
        How much larger the squared distance to the negative should be. Above 0.

    Returns
    -------
    values : ndarray, shape (n,)
    gradients : tuple of three ndarray, shape (n, k)
        By the anchors, the positives and the negatives.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or ``margin`` is not above 0.

    References
    ----------
    F. Schroff, D. Kalenichenko and J. Philbin, "FaceNet: a unified embedding for face recognition
    and clustering", *CVPR*, 2015.

    Examples
    --------
    >>> values, gradients = triplet([[0, 0], [0, 0]], [[1, 0], [1, 0]], [[0, 1], [0, 2]])
    >>> values
    array([1., 0.])
    >>> gradients[0]
    array([[-2.,  2.],
           [-0.,  0.]])
    """
    anchors, positives = _row_pair(anchors, positives, ("anchors", "positives"))
    anchors, negatives = _row_pair(anchors, negatives, ("anchors", "negatives"))
    return in_blocks(_triplet, anchors, positives, negatives, margin=positive(margin, "margin"))


def _triplet(
    anchors: Floats, positives: Floats, negatives: Floats, margin: float
) -> tuple[Floats, tuple[Floats, Floats, Floats]]:
    to_positive, to_negative = positives - anchors, negatives - anchors
    # In units of the largest entry: the squares of 1e200 are ∞, and ∞ − ∞ is no number.
    size = np.max(np.maximum(np.abs(to_positive), np.abs(to_negative)), axis=1)
    unit = np.where(size == 0, 1, size)[:, None]
    excess = np.sum((to_positive / unit) ** 2, axis=1) - np.sum((to_negative / unit) ** 2, axis=1)
    values = np.maximum(size * (size * excess) + margin, 0)
    active = 2 * np.sign(values)[:, None]
    return values, (active * (negatives - positives), active * to_positive, -active * to_negative)


def info_nce(
    anchors: ArrayLike, positives: ArrayLike, *, temperature: float = 0.1
) -> tuple[Floats, OfTheSum]:
    """Ask of each anchor which of the n positives is its own: the loss of contrastive pretraining.

    The logits of anchor i are its cosine similarities to all positives, divided by the temperature
    T; the value is their softmax cross-entropy with label i. Every value depends on all positives,
    so the gradients are those of the SUM of the values, and :func:`lossbook.mean` refuses weights,
    which cannot be multiplied row by row: leave out rows that are not to count. A NaN in an anchor
    makes its value NaN, a NaN in a positive makes all values NaN; since each anchor pulls at every
    positive, either makes all gradients by the positives NaN.
    The gradient by the unit vector of anchor i is Σⱼ (pᵢⱼ − 1ᵢ₌ⱼ)vⱼ/T, with the softmax p and the
    unit vectors v of the positives; of it counts the part orthogonal to the anchor, divided by the
    anchor's length. Likewise for the positives. Smooth, not convex. Its expectation is least where
    e^(logit) is proportional to how much likelier a pair is together than apart. Rounding a cosine
    moves a logit by 1/T as much: values are exact relative to (1 + 1/T) times themselves, gradients
    to (1 + 1/T)/T over the length.

    Parameters
    ----------
    anchors, positives : array_like, shape (n, k)
        Real numbers, two rows or more, none all zero. Row i of the one belongs to row i of the
        other.
    temperature : float
        The lower, the more the most similar negatives count. Above 0.

    Returns
    -------
    values : ndarray, shape (n,)
    gradients : OfTheSum, a tuple of two ndarray, shape (n, k)
        Of the sum of the values, by the anchors and by the positives.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there are fewer than two samples, a row is zero, or ``temperature`` is
        not above 0.

    References
    ----------
    A. van den Oord, Y. Li and O. Vinyals, "Representation learning with contrastive predictive
    coding", 2018, arXiv:1807.03748.

    Examples
    --------
    >>> values, gradients = info_nce([[2, 0], [0, 2]], [[1, 0], [1, 1]], temperature=1)
    >>> values.round(4)
    array([0.5574, 0.4008])
    >>> gradients[0].round(4)
    array([[0.    , 0.1511],
           [0.0484, 0.    ]])
    """
    anchors, positives = _row_pair(anchors, positives, ("anchors", "positives"))
    temperature = positive(temperature, "temperature")
    if len(anchors) < 2:
        raise ValueError("there is 1 sample; expected 2 or more: the others are its negatives")
    _refuse_zero_rows(anchors, "anchors")
    _refuse_zero_rows(positives, "positives")
    values, gradients = at_once(_info_nce, anchors, positives, temperature=temperature)
    return values, OfTheSum(gradients)


def _info_nce(
    anchors: Floats, positives: Floats, temperature: float
) -> tuple[Floats, tuple[Floats, Floats]]:
    (anchor_lengths, u), (positive_lengths, v) = _polar(anchors), _polar(positives)
    cosines = u @ v.T
    # The softmax does not see a shift; without it, a small temperature could give ∞ − ∞.
    logits = (cosines - np.max(cosines, axis=1, keepdims=True)) / temperature
    values, slopes = softmax_cross_entropy(logits, np.arange(len(u)))
    by_u, by_v = slopes @ v / temperature, slopes.T @ u / temperature
    by_anchors = _across(by_u, u) / anchor_lengths[:, None]
    return values, (by_anchors, _across(by_v, v) / positive_lengths[:, None])


def dice(probabilities: ArrayLike, labels: ArrayLike, *, smooth: float = 1.0) -> Result:
    """Measure how badly a predicted mask overlaps the true one, however small that is.

    For probabilities p and labels y of the k pixels of a sample, value
    1 − (2Σpy + s)/(Σp + Σy + s) = Σ|p − y|/(Σp + Σy + s), with s = ``smooth``; gradient
    ((2Σpy + s)/(Σp + Σy + s) − 2y)/(Σp + Σy + s). The V-Net paper squares p and y in the
    denominator; this is the form without squares. A quotient of linear functions of p: smooth, not
    convex, but with no local minimum inside. Its expectation is not least at P(y = 1): it drives p
    to 0 or 1.

    Parameters
    ----------
    probabilities : array_like, shape (n, k)
        Numbers between 0 and 1, after the sigmoid.
    labels : array_like, shape (n, k)
        0 or 1.
    smooth : float
        Added above and below, so that two empty masks agree. Above 0.

    Returns
    -------
    values : ndarray, shape (n,)
    gradients : ndarray, shape (n, k)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, an entry is out of range, or ``smooth`` is not
        above 0.

    References
    ----------
    F. Milletari, N. Navab and S.-A. Ahmadi, "V-Net", *3DV*, 2016. C. H. Sudre et al., "Generalised
    Dice overlap as a deep learning loss function for highly unbalanced segmentations", 2017.

    Examples
    --------
    >>> values, gradients = dice([[1, 0.5, 0], [0, 0, 0]], [[1, 1, 0], [0, 0, 0]])
    >>> values.round(4)
    array([0.1111, 0.    ])
    >>> gradients.round(4)
    array([[-0.2469, -0.2469,  0.1975],
           [ 1.    ,  1.    ,  1.    ]])
    """
    p, y = _masks(probabilities, labels)
    return in_blocks(_dice, p, y, smooth=positive(smooth, "smooth"))


def _dice(p: Floats, y: Floats, smooth: float) -> Result:
    total = (np.sum(p, axis=1) + np.sum(y, axis=1) + smooth)[:, None]
    overlap = (2 * np.sum(p * y, axis=1)[:, None] + smooth) / total
    # 1 − overlap would lose the digits of a small loss; |p − y| is p + y − 2py, since y is 0 or 1.
    return np.sum(np.abs(p - y), axis=1) / total[:, 0], (overlap - 2 * y) / total


def jaccard(probabilities: ArrayLike, labels: ArrayLike, *, smooth: float = 1.0) -> Result:
    """Measure how much of the union of two masks they do not share; 1 − IoU, made differentiable.

    For probabilities p and labels y of the k pixels of a sample, with the intersection I = Σpy + s,
    the union U = Σ(p + y − py) + s and s = ``smooth``, value 1 − I/U, gradient ((1 − y)I/U − y)/U.
    With s → 0 it orders masks as :func:`dice` does, and it is the larger of the two. A quotient of
    linear functions of p: smooth, not convex, but with no local minimum inside. Its expectation is
    not least at P(y = 1): it drives p to 0 or 1.

    Parameters
    ----------
    probabilities : array_like, shape (n, k)
        Numbers between 0 and 1, after the sigmoid.
    labels : array_like, shape (n, k)
        0 or 1.
    smooth : float
        Added above and below, so that two empty masks agree. Above 0.

    Returns
    -------
    values : ndarray, shape (n,)
    gradients : ndarray, shape (n, k)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, an entry is out of range, or ``smooth`` is not
        above 0.

    References
    ----------
    M. A. Rahman and Y. Wang, "Optimizing intersection-over-union in deep neural networks for image
    segmentation", *International Symposium on Visual Computing*, 2016.

    Examples
    --------
    >>> values, gradients = jaccard([[1, 0.5, 0], [0, 0, 0]], [[1, 1, 0], [0, 0, 0]])
    >>> values.round(4)
    array([0.1667, 0.    ])
    >>> gradients.round(4)
    array([[-0.3333, -0.3333,  0.2778],
           [ 1.    ,  1.    ,  1.    ]])
    """
    p, y = _masks(probabilities, labels)
    return in_blocks(_jaccard, p, y, smooth=positive(smooth, "smooth"))


def _jaccard(p: Floats, y: Floats, smooth: float) -> Result:
    union = (np.sum(np.maximum(p, y), axis=1) + smooth)[:, None]
    shared = (np.sum(p * y, axis=1)[:, None] + smooth) / union
    # Since y is 0 or 1, the union p + y − py is max(p, y), and what is not shared is |p − y|: sums
    # without a minus, where 1 − shared would lose the digits of a small loss.
    return np.sum(np.abs(p - y), axis=1) / union[:, 0], ((1 - y) * shared - y) / union


def _row_pair(first: ArrayLike, second: ArrayLike, names: tuple[str, str]) -> tuple[Floats, Floats]:
    return real_pair(rows(first, names[0]), rows(second, names[1]), names)


def _masks(probabilities: ArrayLike, labels: ArrayLike) -> tuple[Floats, Floats]:
    probabilities = probability_rows(probabilities, "probabilities")
    labels = yes_or_no(labels, "labels", probabilities.shape, "1 in the mask, 0 outside")
    return probabilities, labels.astype(probabilities.dtype)


def _polar(vectors: Floats) -> tuple[Floats, Floats]:
    """Return the length (n,) of each row and its direction (n, k), which is 0 for a zero vector."""
    largest = np.max(np.abs(vectors), axis=1, keepdims=True)
    # The squares of 1e200 and 1e-200 would be ∞ and 0.
    scaled = vectors / np.where(largest == 0, 1, largest)
    length = np.sqrt(np.sum(scaled * scaled, axis=1, keepdims=True))
    return (largest * length)[:, 0], scaled / np.where(length == 0, 1, length)


def _refuse_zero_rows(vectors: Floats, name: str) -> None:
    zero = ~np.any(vectors, axis=1)  # NaN is not zero
    if np.any(zero):
        row = int(np.argmax(zero))
        raise ValueError(f"{name}[{row}] is a zero vector, which has no direction; leave it out")


def _across(gradients: Floats, directions: Floats) -> Floats:
    """Return the part of each gradient that is orthogonal to its unit vector."""
    return gradients - np.sum(gradients * directions, axis=1, keepdims=True) * directions

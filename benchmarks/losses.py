"""Compare the speed of losses and of descent with other libraries, as ratios measured in one run.

``python benchmarks/losses.py`` prints the tables of ``benchmarks/README.md``; it takes about five
minutes. Every library has one thread, and what is measured is the time of the processor, so that
other programs do not count. The contenders take turns, a few calls each, since other programs still
take part of the cache; each number is the median of its calls.
"""

import ctypes
import subprocess
import sys
from statistics import median
from time import perf_counter, process_time

import numpy as np
import sklearn._loss
import torch
from sklearn.linear_model import SGDRegressor
from threadpoolctl import threadpool_limits

from lossbook import losses, mean, minimize, models, optimizers, risk

functional = torch.nn.functional
CLASSES = 10


def medians(contenders, seconds=1.0, calls=1, burst=3, rounds=5):
    """Return the median seconds of processor time a call of each contender.

    ``calls`` are timed together. The first of a burst is not counted: it brings the data back into
    the cache.
    """
    times, end = {name: [] for name in contenders}, perf_counter() + seconds
    while perf_counter() < end or min(map(len, times.values())) < burst * rounds:
        for name, call in contenders.items():
            call()
            for _ in range(burst):
                start = process_time()
                for _ in range(calls):
                    result = call()
                times[name].append((process_time() - start) / calls)
                del result
    return {name: median(seconds) for name, seconds in times.items()}


# Value and gradient.


def naive_squared_error(predictions, targets):
    return (predictions - targets) ** 2, 2 * (predictions - targets)


def naive_huber(predictions, targets):
    r = predictions - targets
    inside = np.abs(r) <= 1
    return np.where(inside, r**2 / 2, np.abs(r) - 0.5), np.where(inside, r, np.sign(r))


def naive_binary_cross_entropy(logits, labels):
    p = 1 / (1 + np.exp(-logits))
    return -(labels * np.log(p) + (1 - labels) * np.log(1 - p)), p - labels


def naive_softmax_cross_entropy(logits, labels):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    values = -np.log(p[rows, labels])
    p[rows, labels] -= 1
    return values, p


# The loss here, in PyTorch, in scikit-learn, and as a tutorial writes it.
LOSSES = {
    "squared error": (
        losses.squared_error,
        functional.mse_loss,
        sklearn._loss.HalfSquaredError(),
        naive_squared_error,
    ),
    "Huber": (
        losses.huber,
        functional.huber_loss,
        sklearn._loss.HuberLoss(delta=1.0),
        naive_huber,
    ),
    "BCE": (
        losses.binary_cross_entropy,
        functional.binary_cross_entropy_with_logits,
        sklearn._loss.HalfBinomialLoss(),
        naive_binary_cross_entropy,
    ),
    "softmax CE": (
        losses.softmax_cross_entropy,
        functional.cross_entropy,
        sklearn._loss.HalfMultinomialLoss(n_classes=CLASSES),
        naive_softmax_cross_entropy,
    ),
}


def inputs(name, n, dtype):
    """Return ``n`` predictions, or logits of ``n`` / CLASSES samples, and targets of the dtype."""
    draw = np.random.default_rng(0)
    predictions = draw.normal(size=n).astype(dtype)
    if name == "softmax CE":
        labels = draw.integers(0, CLASSES, size=n // CLASSES)
        return predictions.reshape(-1, CLASSES), labels
    if name == "BCE":
        return predictions, draw.integers(0, 2, size=n).astype(dtype)
    return predictions, draw.normal(size=n).astype(dtype)


def with_autograd(loss, predictions, targets, reduction):
    """Return a call of a PyTorch loss and of its backward pass."""
    predictions = torch.tensor(predictions, requires_grad=True)
    targets = torch.tensor(targets)

    def call():
        predictions.grad = None
        values = loss(predictions, targets, reduction=reduction)
        (values if reduction == "mean" else values.sum()).backward()
        return values.detach(), predictions.grad

    return call


def time_losses(name, n, dtype):
    """Return the row of the table: everything in units of the floor."""
    ours, pytorch, scikit_learn, naive = LOSSES[name]
    predictions, targets = inputs(name, n, dtype)
    real_targets = targets.astype(dtype)  # as scikit-learn wants labels
    a, b, c = predictions.ravel(), predictions.ravel().copy(), np.empty(n, dtype)
    seconds = medians(
        {
            "floor": lambda: np.add(a, b, out=c),
            "lossbook": lambda: ours(predictions, targets),
            "PyTorch": with_autograd(pytorch, predictions, targets, "none"),
            "scikit-learn": lambda: scikit_learn.loss_gradient(real_targets, predictions),
            "naive": lambda: naive(predictions, targets),
            "lossbook mean": lambda: mean(ours, predictions, targets),
            "PyTorch mean": with_autograd(pytorch, predictions, targets, "mean"),
        },
        calls=max(1, 10**4 // n),
        burst=3 if n < 10**7 else 1,
    )
    floor = seconds["floor"]
    columns = [f"{seconds[key] / floor:.1f}" for key in list(seconds)[1:5]]
    each = seconds["PyTorch"] / seconds["lossbook"]
    averaged = seconds["PyTorch mean"] / seconds["lossbook mean"]
    return [
        name,
        np.dtype(dtype).name,
        f"1e{round(np.log10(n))}",
        f"{floor * 1e6:.1f}",
        *columns,
        f"{each:.2f}",
        f"{averaged:.2f}",
    ]


# Descent.


def descend(X, y, steps):
    """Return calls that each make ``steps`` passes over the data, for a linear model."""

    def ours(X=X):
        objective = risk(models.linear, losses.squared_error, X, y)
        optimizer = optimizers.GradientDescent(learning_rate=0.1)
        start = np.zeros(X.shape[1] + 1)
        settings = {"max_steps": steps, "gradient_tolerance": 0, "keep_path": False}
        return minimize(objective, start, optimizer, **settings)

    inputs, targets = torch.tensor(X), torch.tensor(y)

    def pytorch():
        model = torch.nn.Linear(X.shape[1], 1, dtype=torch.float64)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(steps):
            optimizer.zero_grad()
            functional.mse_loss(model(inputs)[:, 0], targets).backward()
            optimizer.step()
        return model

    def scikit_learn():
        model = SGDRegressor(
            penalty=None, max_iter=steps, tol=None, learning_rate="constant", eta0=1e-5
        )
        return model.fit(X, y)

    columns = np.asfortranarray(X)
    return {
        "lossbook": ours,
        "lossbook by columns": lambda: ours(columns),
        "PyTorch": pytorch,
        "scikit-learn": scikit_learn,
    }


def time_descent(n, steps):
    """Return the row of the table: microseconds for each pass over the data."""
    draw = np.random.default_rng(0)
    X = draw.normal(size=(n, 10))
    y = X @ draw.normal(size=10) + draw.normal(size=n)
    seconds = medians(descend(X, y, steps), seconds=0, burst=1, rounds=3)
    columns = [f"{seconds[key] / steps * 1e6:.1f}" for key in seconds]
    ours = (seconds["lossbook"], seconds["lossbook by columns"])
    ratios = [f"{seconds['PyTorch'] / one:.2f}" for one in ours]
    return [f"1e{round(np.log10(n))}", f"{steps:,}", *columns, *ratios]


def import_seconds():
    """Return the median seconds that ``import lossbook`` takes in a fresh Python."""
    code = "import time; t = time.process_time(); import lossbook; print(time.process_time() - t)"
    runs = [subprocess.check_output([sys.executable, "-c", code], text=True) for _ in range(9)]
    return median(map(float, runs))


LOSS_COLUMNS = (
    "loss",
    "dtype",
    "n",
    "floor (µs)",
    "lossbook",
    "PyTorch",
    "scikit-learn",
    "naive NumPy",
    "PyTorch ÷ lossbook",
    "the same for means",
)
DESCENT_COLUMNS = (
    "n",
    "steps",
    "lossbook",
    "the same, X by columns",
    "PyTorch",
    "scikit-learn",
    "PyTorch ÷ lossbook",
    "by columns",
)


def print_table(header, rows):
    """Print a Markdown table, row by row as they come."""
    print("\n| " + " | ".join(header) + " |")
    print("|" + " --- |" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


def keep_freed_memory():
    """Let the C library of Linux keep freed arrays of up to 32 MB for the next ones.

    It would give them back to the system at times, and whoever comes next would pay for fetching
    them again, page by page: more than for the loss.
    """
    if sys.platform == "linux":
        trim_threshold, mmap_threshold = -1, -3  # the names are in malloc.h
        ctypes.CDLL(None).mallopt(trim_threshold, 2**31 - 1)
        ctypes.CDLL(None).mallopt(mmap_threshold, 2**25)


def main():
    keep_freed_memory()
    versions = f"NumPy {np.__version__}, PyTorch {torch.__version__}"
    print(f"{versions}, scikit-learn {sklearn.__version__}, Python {sys.version.split()[0]}")
    print(f"import lossbook: {import_seconds():.2f} s")
    losses_timed = (
        time_losses(name, n, dtype)
        for name in LOSSES
        for dtype in (np.float64, np.float32)
        for n in (10**3, 10**4, 10**5, 10**6, 10**7)
    )
    print_table(LOSS_COLUMNS, losses_timed)
    sizes_and_steps = ((10**2, 1000), (10**4, 1000), (10**5, 200), (10**6, 20))
    print_table(DESCENT_COLUMNS, (time_descent(n, steps) for n, steps in sizes_and_steps))


if __name__ == "__main__":
    torch.set_num_threads(1)
    with threadpool_limits(1):
        main()

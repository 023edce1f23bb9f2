"""What the pages claim of their runs holds for each of the stored seeds, splits or dates."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from tools.notebooks import ROOT


def test_what_the_page_on_images_claims_holds_for_each_of_the_five_seeds():
    file = ROOT / "chapters/applications/spread/images.csv"
    table = np.genfromtxt(file, delimiter=",", names=True)
    others = [f"digits_{name}_ece" for name in ("regression", "entropy", "squared")]
    assert (table["digits_smoothed_ece"] > 4 * np.max([table[n] for n in others], axis=0)).all()
    assert (table["digits_smoothed_right"] > table["digits_entropy_right"]).all()
    assert not (table["digits_smoothed_right"] > table["digits_squared_right"]).all()
    for name in ("entropy", "squared"):
        assert (table[f"clothes_{name}_ece"] > 2 * table["clothes_regression_ece"]).all()
        assert (table[f"clothes_{name}_ece"] - table["clothes_smoothed_ece"] > 0.01).all()
    networks = [table[f"clothes_{name}_right"] for name in ("entropy", "squared", "smoothed")]
    assert (np.array(networks) > table["clothes_regression_right"]).sum() == 1
    assert (table["course_entropy"] - table["course_slow"] > 0.4).all()
    assert (table["course_fast"] >= table["course_entropy"]).all()
    assert (table["relearned_entropy"] - table["relearned_squared"] > 0.05).all()
    for doubt in ("doubt_3_ece", "clothes_smoothed_ece"):
        assert (table[doubt] < table["clothes_entropy_ece"]).all()
    assert (table["doubt_30_ece"] > table["clothes_entropy_ece"]).all()
    assert (table["digits_entropy_right"] - table["new_hands_right"] > 0.02).all()


SPREAD = np.genfromtxt(
    ROOT / "chapters" / "applications" / "spread" / "embeddings.csv", delimiter=",", names=True
)


@pytest.mark.parametrize("trained", ["contrastive", "triplet", "InfoNCE", "softmax", "last_layer"])
def test_on_unseen_digits_the_pixels_beat_every_trained_map_on_all_five_splits(trained):
    assert SPREAD["seed"].tolist() == [0, 1, 2, 3, 4]
    assert (SPREAD["unseen_pixels"] - SPREAD[f"unseen_{trained}"] > 0.125).all()


def test_on_seen_digits_the_losses_beat_the_pixels_and_come_close_to_a_classifier():
    for loss in ("contrastive", "triplet", "InfoNCE"):
        assert (SPREAD[f"seen_{loss}"] - SPREAD["seen_pixels"] > 0.1).all()
    assert (abs(SPREAD["seen_InfoNCE"] - SPREAD["classifier"]) < 0.04).all()


CHAPTERS = Path(__file__).parents[2] / "chapters"


def seeds(name):
    (path,) = CHAPTERS.glob(f"*/spread/{name}.csv")
    return np.genfromtxt(path, delimiter=",", names=True)


@pytest.mark.parametrize("name", sorted(path.stem for path in CHAPTERS.glob("*/spread/*.csv")))
def test_the_table_of_five_seeds_begins_with_what_the_page_shows(name):
    table = seeds(name)
    assert table["seed"].tolist() == [0, 1, 2, 3, 4]
    (path,) = CHAPTERS.glob(f"*/{name}.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    text = "".join(o.get("text", "") for c in cells for o in c.get("outputs", []))
    shown = re.findall(r"^(\w+) +now ([\d.]+), seeds ([\d.]+) to ([\d.]+)$", text, re.MULTILINE)
    assert sorted(row[0] for row in shown) == sorted(set(table.dtype.names) - {"seed"})
    for column, now, low, high in shown:
        assert float(now) == pytest.approx(table[column][0], abs=0.00501)
        assert float(low) == pytest.approx(table[column].min(), abs=0.00501)
        assert float(high) == pytest.approx(table[column].max(), abs=0.00501)


def test_the_counts_beat_the_network_that_had_as_many_tries():
    table = seeds("text_classification")
    for counts in ("bayes", "softmax"):
        assert (table[counts] - table["reader"] > 0.03).all()
    # One number of each model is chosen on validation names, among three.
    assert set(table["bayes_extra"]) <= {0.02, 0.1, 0.5}
    assert set(table["softmax_penalty"]) <= {1e-4, 5e-4, 2e-3}
    assert set(table["reader_rate"]) <= {0.01, 0.02, 0.04}


def test_what_the_page_on_text_claims_holds_for_each_of_the_five_seeds():
    table = seeds("text_classification")
    assert (table["by_rows"] > table["bayes"]).all()
    assert (table["bayes"] > table["softmax"]).all()
    assert (table["bayes_loss"] > 2 * table["softmax_loss"]).all()
    assert (table["reader"] - table["writer"] > 0.02).all()
    assert (table["recall_plain"] < 0.25).all()
    assert (table["recall_weighted"] > 0.42).all()
    assert (table["recall_shifted"] - table["recall_weighted"] > 0.05).all()


def test_the_leak_is_worth_two_fifths_of_the_score_in_each_run_and_half_of_it_in_three():
    table = seeds("translation")
    leak = (table["leaky"] - table["honest"]) / table["leaky"]
    np.testing.assert_allclose(table["leak"], table["leaky"] - table["honest"], atol=2e-4)
    assert (leak > 0.4).all()
    assert (leak > 0.5).sum() == 3
    assert (table["relatives"] - table["strangers"] > 0.6).all()
    # A table that knows no French gets about as much, sometimes more.
    assert (abs(table["leaky"] - table["table"]) < 0.1).all()


def test_what_the_page_on_translation_claims_holds_for_each_of_the_five_seeds():
    table = seeds("translation")
    assert (table["teacher"] - table["spoken"] > 0.02).all()  # the end marks are easy
    assert (table["spoken"] - table["free"] > 0.1).all()
    assert (table["toned"] - table["toneless"] > 0.05).all()
    assert (table["reported"] < 0.6 * table["over_words"]).all()
    apart = table["careless"] - table["honest"]
    assert abs(apart).max() < np.ptp(table["honest"])
    assert (apart > 0).sum() == 3


def test_the_page_on_translation_quotes_a_range_not_its_best_seed():
    table = seeds("translation")
    cells = nbformat.read(CHAPTERS / "applications" / "translation.ipynb", 4).cells
    seen = next(c.source for c in cells if "## You have seen" in c.source)
    for name in ("leaky", "honest", "table"):
        assert f"{table[name].min():.2f} to {table[name].max():.2f}" in seen


def test_what_the_page_on_reinforcement_learning_claims_holds_for_each_of_five_seeds():
    page = ROOT / "chapters" / "applications" / "reinforcement_learning.ipynb"
    cells = nbformat.read(page, as_version=4).cells
    text = "".join(o.get("text", "") for c in cells for o in c.get("outputs", []))
    rows = re.findall(r"^(.+?) +((?:[\d.]+ +){4}[\d.]+)(?:  mean .*)?$", text, re.MULTILINE)
    each = {name: np.array(values.split(), dtype=float) for name, values in rows}
    last = "return of the last ten steps:"
    assert (each[f"by_time  {last}"] >= 480).all()
    assert (each[f"none     {last}"] <= 410).all()
    assert (each["step  0, constant"] < 0.8).all()
    assert (each["step  0, by time"] < 0.8).all()
    assert (each["step 30, constant"] < 0.35).all()
    assert (each["step 30, by time"] < 0.3).all()
    assert (each["stop-gradient"] < each["residual"]).all()


DATES = np.genfromtxt(
    ROOT / "chapters" / "applications" / "spread" / "recommender.csv", delimiter=",", names=True
)


def gap(table, first, second):
    assert table["seed"].tolist() == [0, 1, 2, 3, 4]
    return table[first] - table[second]


def test_the_biases_beat_the_mean_on_all_five_dates_and_the_factors_add_nothing():
    assert gap(DATES, "rmse_mean", "rmse_biases").min() == pytest.approx(0.060, abs=0.0005)
    assert abs(gap(DATES, "rmse_factors", "rmse_biases")).max() < 0.002


def test_a_ranking_loss_beats_counting_the_same_ratings_on_all_five_dates():
    gain = gap(DATES, "auc_bpr_all", "auc_popular")
    assert gain.min() == pytest.approx(0.047, abs=0.0005)
    assert gain.max() == pytest.approx(0.085, abs=0.0005)
    for other in ("lately", "factors", "bpr_all", "bpr"):
        assert (gap(DATES, f"auc_{other}", "auc_popular") > 0).all(), (
            "counting all is worst on each date"
        )


def test_counting_the_latest_ratings_is_not_beaten_by_the_model_on_four_of_five_dates():
    assert gap(DATES, "auc_lately", "auc_popular").min() == pytest.approx(0.084, abs=0.0005)
    assert gap(DATES, "auc_lately", "auc_factors").min() == pytest.approx(0.050, abs=0.0005)
    lead = gap(DATES, "auc_lately", "auc_bpr")
    assert (lead > 0).sum() == 4
    assert lead.mean() == pytest.approx(0.012, abs=0.0005)


def test_what_the_page_on_opponents_claims_holds_for_each_of_the_five_seeds():
    file = ROOT / "chapters/outlook/spread/adversarial_losses.csv"
    table = np.genfromtxt(file, delimiter=",", names=True)
    assert table["seed"].tolist() == [0, 1, 2, 3, 4]
    assert (table["linear_attacked"] > table["network_attacked"]).all()
    for name in ("adversarial", "TRADES"):
        assert (table["network_clean"] > table[f"{name}_clean"]).all()
        assert (table[f"{name}_attacked"] - table["network_attacked"] > 0.2).all()
        assert (table[f"{name}_shifted"] < table["network_shifted"]).all()
        lost = table[f"{name}_attacked"] - table[f"{name}_restarts"]
        assert ((lost >= 0) & (lost < 0.01)).all()
    lost = table["network_attacked"] - table["network_restarts"]
    assert ((lost > 0) & (lost < 0.025)).all()
    assert (table["network_shifted"] < 0.5).all()
    assert (table["TRADES_twice"] - table["adversarial_twice"] > 0.1).all()
    assert (table["masked_entropy"] - table["masked_margin"] > 0.4).all()


SEEDS = np.genfromtxt(
    ROOT / "chapters" / "outlook" / "spread" / "adaptive_losses.csv", delimiter=",", names=True
)


def test_learned_weights_trade_digits_for_the_lean_against_equal_weights():
    assert (gap(SEEDS, "digit_learned", "digit_equal") < 0).all()
    assert gap(SEEDS, "digit_learned", "digit_equal").mean() == pytest.approx(-0.033, abs=0.0005)
    assert (gap(SEEDS, "lean_learned", "lean_equal") < 0).all()
    assert gap(SEEDS, "lean_learned", "lean_equal").mean() == pytest.approx(-0.060, abs=0.0005)
    small = (
        gap(SEEDS, "digit_learned", "digit_equal_small"),
        gap(SEEDS, "lean_learned", "lean_equal_small"),
    )
    assert (small[0] < gap(SEEDS, "digit_learned", "digit_equal")).all()
    assert (small[1] < gap(SEEDS, "lean_learned", "lean_equal")).all()
    assert (gap(SEEDS, "digit_learned", "digit_equal_large") > 0).all()
    assert abs(gap(SEEDS, "lean_learned", "lean_equal_large")).max() < 0.006


def test_learned_weights_name_fewer_digits_than_the_tuned_weight_on_all_five_seeds():
    digits, lean = (
        gap(SEEDS, "digit_learned", "digit_tuned"),
        gap(SEEDS, "lean_learned", "lean_tuned"),
    )
    assert (digits < 0).all()
    assert digits.mean() == pytest.approx(-0.021, abs=0.0005)
    assert (lean < 0).sum() == 3
    assert lean.mean() == pytest.approx(-0.025, abs=0.0005)


def test_the_focal_loss_calibrates_the_network_costs_accuracy_and_harms_softmax_regression():
    assert gap(SEEDS, "calibration_network_focal", "calibration_network_ce").max() == pytest.approx(
        -0.066, abs=0.0005
    )
    assert gap(SEEDS, "accuracy_network_focal", "accuracy_network_ce").max() == pytest.approx(
        -0.033, abs=0.0005
    )
    assert gap(SEEDS, "calibration_linear_focal", "calibration_linear_ce").min() == pytest.approx(
        0.043, abs=0.0005
    )
    assert (gap(SEEDS, "accuracy_network_cooled", "accuracy_network_ce") == 0).all()
    assert (gap(SEEDS, "calibration_network_cooled", "calibration_network_focal") < 0).sum() == 2
    for loss in ("ce", "focal", "cooled"):
        assert (gap(SEEDS, "accuracy_linear_ce", f"accuracy_network_{loss}") > 0.1).all()


PAGES = ROOT / "chapters" / "tools"


def test_what_the_page_on_papers_claims_holds_for_each_of_five_seeds():
    table = np.genfromtxt(PAGES / "spread" / "papers_in_small.csv", delimiter=",", names=True)
    assert table["seed"].tolist() == [0, 1, 2, 3, 4]
    for scale in (100, 50, 25):
        assert (table[f"Nesterov_{scale}"] < table[f"descent_{scale}"]).all(), scale
    mean_digit, components = 0.074, 0.038
    np.testing.assert_allclose(table["descent_25"], mean_digit, atol=5e-4)
    assert (table["Nesterov_25"] < mean_digit - 0.002).all()
    for scale in (100, 50):
        assert (table[f"Nesterov_{scale}"] < components).all(), scale
        np.testing.assert_allclose(table[f"descent_{scale}"], components, atol=2.5e-3)
    # The full start and half of it differ less than from seed to seed.
    half, full = table["Nesterov_50"], table["Nesterov_100"]
    assert abs(half.mean() - full.mean()) < min(np.ptp(half), np.ptp(full))
    assert (table["descent_50_at_4"] > table["descent_100"] + 0.003).all()
    assert (table["Adam"] < table["Nesterov"]).sum() == 1
    assert abs(np.mean(table["Adam"] - table["Nesterov"])) < 5e-4
    for name in ("descent", "AdaGrad", "RMSProp"):
        assert (table["Adam"] < table[name]).all(), name
    assert (table["ends"] == 1).all()


def test_the_page_on_papers_shows_the_table_of_its_five_seeds():
    table = np.genfromtxt(PAGES / "spread" / "papers_in_small.csv", delimiter=",", names=True)
    cells = nbformat.read(PAGES / "papers_in_small.ipynb", as_version=4).cells
    text = "".join(o.get("text", "") for c in cells for o in c.get("outputs", []))
    shown = re.findall(r"^(\w+) +now ([\d.]+), seeds ([\d.]+) to ([\d.]+)$", text, re.MULTILINE)
    assert sorted(row[0] for row in shown) == sorted(set(table.dtype.names) - {"seed"})
    for column, now, low, high in shown:
        assert float(now) == pytest.approx(table[column][0], abs=0.000501)
        assert float(low) == pytest.approx(table[column].min(), abs=0.000501)
        assert float(high) == pytest.approx(table[column].max(), abs=0.000501)

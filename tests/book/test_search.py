"""The search finds what people type: library names, abbreviations, questions, Chinese terms."""

import pytest

from tests.book.browser import Visit, chromium, served_site
from tools.build_book import ROOT, SITE, pages

READS = ["tests/book", "_build/html"]
CARDS, CLASSES = "reference/loss_cards/index", "reference/loss_cards/classification"
FAQ = "questions/frequent_questions"
# What is typed, and the page or pages that answer it: one of them is among the first three.
QUERIES = {
    "BCEWithLogitsLoss": "reference/loss_cards/classification",
    "nn.BCEWithLogitsLoss": "reference/loss_cards/classification",
    "MSELoss": "reference/loss_cards/regression",
    "nn.CrossEntropyLoss": "reference/loss_cards/classification",
    "torch.nn.CrossEntropyLoss": "reference/loss_cards/classification",
    "CrossEntropyLoss ignore_index": f"{CLASSES} {CARDS}",
    "SmoothL1Loss": "reference/loss_cards/regression",
    "KLDivLoss": "reference/loss_cards/distribution",
    "TripletMarginLoss": "reference/loss_cards/embedding",
    "SparseCategoricalCrossentropy": "reference/loss_cards/classification",
    "sklearn log_loss": "reference/loss_cards/classification",
    "HuberRegressor": "reference/loss_cards/regression",
    "SGDClassifier": "reference/loss_cards/classification",
    "pos_weight": f"{CLASSES} {CARDS} {FAQ}",
    "ignore_index": f"{CARDS} {CLASSES}",
    "class_weight": "reference/loss_cards/index linear_regression/imbalanced_classes",
    "from_logits": "reference/loss_cards/index tools/one_loss_five_libraries",
    "label smoothing": "reference/loss_cards/classification concepts/classification_losses",
    "label_smoothing": "reference/loss_cards/classification",
    "XGBoost objective": "questions/frequent_questions",
    "xgboost custom loss": "questions/frequent_questions",
    "reg:squarederror": "reference/loss_cards/regression",
    "MSE vs MAE": "concepts/regression_losses",
    "mae or mse": "concepts/regression_losses reference/loss_cards/regression",
    "L1 vs L2": "concepts/regression_losses",
    "MAE": "reference/loss_cards/regression",
    "RMSE": "reference/loss_cards/regression",
    "BCE": "reference/loss_cards/classification",
    "KL": "reference/loss_cards/distribution",
    "SGD": "algorithm/stochastic_gradients",
    "IoU": "reference/loss_cards/embedding",
    "adam vs sgd": "algorithm/adaptive_rates",
    "what is a loss function": "concepts/from_error_to_loss questions/frequent_questions",
    "cost function": "concepts/from_error_to_loss",
    "which loss should I use": "questions/which_loss",
    "learning rate too high": "algorithm/learning_rate",
    "how to choose learning rate": "algorithm/learning_rate",
    "loss is nan": "derivation/when_numbers_break questions/frequent_questions",
    "loss not decreasing": "algorithm/reading_a_loss_curve",
    "loss negative": "questions/frequent_questions",
    "validation loss lower than training": "questions/frequent_questions",
    "exploding gradients": "algorithm/warm_up_and_clipping",
    "gradient clipping": "algorithm/warm_up_and_clipping",
    "derivative of softmax": "derivation/cross_entropy",
    "backprop": "derivation/backpropagation",
    "gradcheck": "derivation/checking_a_gradient",
    "early stopping": "linear_regression/fit_and_forecast",
    "class imbalance": "linear_regression/imbalanced_classes",
    "quantile regression": "linear_regression/outliers_and_quantiles",
    "maximum likelihood": "concepts/likelihoods",
    "adversarial training": "outlook/adversarial_losses",
    "custom loss function": "outlook/designing_a_loss",
    "focal loss": "reference/loss_cards/classification",
    "saddle point": "algorithm/minima_and_saddles",
    "softmax before CrossEntropyLoss": "questions/twelve_silent_mistakes",
    "损失函数": "concepts/from_error_to_loss reference/loss_cards/index",
    "梯度下降": "algorithm/five_steps",
    "交叉熵": "reference/loss_cards/classification derivation/cross_entropy",
    "交叉熵损失函数": "reference/loss_cards/classification derivation/cross_entropy",
    "均方误差": "reference/loss_cards/regression",
    "学习率": "algorithm/learning_rate",
    "反向传播": "derivation/backpropagation",
    "随机梯度下降": "algorithm/stochastic_gradients",
    "过拟合": "linear_regression/fit_and_forecast",
}
FOUND = """(queries) => queries.map(
  (query) => Search._performSearch(query).slice(-3).reverse().map((one) => one[0])
)"""


@pytest.fixture(scope="module")
def search():
    """Return an open search page."""
    with served_site() as address, chromium() as browser, Visit(browser) as one:
        one.open(f"{address}/search.html")
        one.page.wait_for_function("Search.hasIndex()")
        yield one


def test_what_people_type_leads_to_the_right_page_among_the_first_three(search):
    assert len(QUERIES) >= 40
    answers = {f"chapters/{page}" for named in QUERIES.values() for page in named.split()}
    assert answers <= set(pages(ROOT))
    found = search.page.evaluate(FOUND, list(QUERIES))
    missed = {
        query: first
        for (query, named), first in zip(QUERIES.items(), found, strict=True)
        if not {f"chapters/{page}" for page in named.split()} & set(first)
    }
    assert missed == {}


def test_a_page_is_found_once_and_no_word_finds_all_pages(search):
    for query in ("loss", "gradient descent", "huber"):
        count = "(query) => Search._performSearch(query).map((one) => one[0])"
        found = search.page.evaluate(count, query)
        assert 3 <= len(found) == len(set(found)) <= 20
    assert search.page.evaluate("Search._performSearch('qqqq zzzz')") == []


def test_a_result_shows_prose_and_leads_to_its_card(search):
    page = search.page
    page.locator("main input[name=q]").fill("BCEWithLogitsLoss")
    page.keyboard.press("Enter")
    first = page.locator("#search-results li").first
    first.locator("p.context").wait_for()
    assert "Binary cross-entropy" in first.locator("a").inner_text()
    assert first.locator("a").get_attribute("href").endswith("#binary-cross-entropy")
    page.wait_for_function("document.querySelectorAll('#search-results p.context').length > 3")
    for text in page.locator("#search-results p.context").all_inner_texts():
        assert "import " not in text
        assert "Link to this" not in text
    assert search.complaints == []


def test_what_is_typed_stands_beside_the_magnifier(search):
    field = search.page.locator("main form.bd-search input")
    icon = search.page.locator("main form.bd-search .fa-magnifying-glass").bounding_box()
    padding = "e => e.getBoundingClientRect().left + parseFloat(getComputedStyle(e).paddingLeft)"
    assert icon["x"] + icon["width"] <= field.evaluate(padding)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (800, 900), (390, 844), (320, 640)])
def test_the_search_is_in_sight_when_a_page_is_opened_and_when_it_is_read(search, width, height):
    search.page.set_viewport_size({"width": width, "height": height})
    address = search.page.url.split("/search.html")[0]
    search.open(f"{address}/chapters/reference/glossary.html")
    for place in (0, 3000):
        search.page.evaluate("(y) => scrollTo(0, y)", place)
        button = search.page.locator(".bd-header-article .search-button__button:visible")
        assert button.count() == 1
        box = button.bounding_box()
        assert min(box["x"], box["y"]) >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 60
    button.click()
    assert search.page.locator("#pst-search-dialog input").is_visible()
    search.page.keyboard.press("Escape")


def test_the_index_of_the_book_has_the_words_too():
    text = (SITE / "genindex.html").read_text(encoding="utf-8")
    for word in ("torch.nn.BCEWithLogitsLoss", "label smoothing", "梯度下降"):
        assert word in text

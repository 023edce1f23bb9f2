// The button "Run this page" and, under each graded exercise, "Answer here". Nothing of Python and of
// its editor is fetched before one of them is pressed.
import { offerProgress } from "./progress.js";

const place = document.querySelector(".live-start");
let loaded;

function add(name, attributes) {
  return new Promise((resolve, reject) => {
    const tag = Object.assign(document.createElement(name), attributes);
    tag.onload = resolve;
    tag.onerror = reject;
    document.head.append(tag);
  });
}

function load() {
  const { live, script, style } = place.dataset;
  loaded ??= Promise.all([
    add("link", { rel: "stylesheet", href: live + style }),
    add("script", { src: live + script }),
  ]);
  return loaded;
}

async function act(button, what) {
  button.disabled = true;
  try {
    await load();
  } catch {
    loaded = null;
    button.disabled = false;
    place.querySelector("[role=status]").textContent =
      "The editor could not be fetched, because the network is away or blocks it; try again, or download the notebook.";
    return;
  }
  what(window.lossbookLive);
}

if (place) {
  place.dataset.live = new URL(place.dataset.live, location.href).href;
  const button = place.querySelector("button");
  if (button) {
    button.addEventListener("click", () => act(button, (live) => live.runPage(place)));
    button.disabled = false;
  }
  for (const exercise of document.querySelectorAll(".live-exercise")) {
    const open = exercise.querySelector(".live-open");
    open.hidden = false;
    open.addEventListener("click", () => act(open, (live) => live.answer(place, exercise)));
  }
  offerProgress();
}

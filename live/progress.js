// Answers and points of the graded exercises, kept in this browser alone.
const KEY = "lossbook-exercises";
let here = {}; // Where the browser keeps nothing: as long as the page is open.

export function all() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? here;
  } catch {
    return here;
  }
}

export const record = (name) => all()[name] ?? {};

export function remember(name, fields) {
  const now = all();
  now[name] = { ...now[name], ...fields };
  here = now;
  try {
    localStorage.setItem(KEY, JSON.stringify(now));
  } catch {
    // The page remembers it while it is open.
  }
  show();
}

function erase() {
  here = {};
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
  show();
}

function download() {
  const file = new Blob([JSON.stringify(all(), null, 1)], { type: "application/json" });
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: "lossbook-answers.json" });
  link.click();
  URL.revokeObjectURL(link.href);
}

// Say the points of each exercise and of all of them, wherever the page has room for it.
export function show() {
  const records = all();
  const exercises = [...document.querySelectorAll(".live-exercise")];
  let sum = 0;
  let most = 0;
  for (const { dataset } of exercises) {
    const points = Number(dataset.points);
    most += points;
    sum += records[dataset.name]?.passed ? points : 0;
  }
  for (const exercise of exercises) {
    const { name, points } = exercise.dataset;
    exercise.querySelector(".live-points").textContent = records[name]?.passed ? `✓ ${points} of ${points} points` : "";
  }
  const total = document.querySelector(".live-total");
  if (total) total.textContent = `You have ${sum} of ${most} points. They and your answers are kept in this browser alone.`;
}

// The page of all exercises has buttons to take the answers along and to forget them.
export function offerProgress() {
  show();
  const tools = document.querySelector(".live-progress-tools");
  if (!tools) return;
  tools.hidden = false;
  const [save, forget] = tools.querySelectorAll("button");
  save.addEventListener("click", download);
  forget.addEventListener("click", () => {
    if (confirm("Erase every answer and point that this browser keeps?")) {
      erase();
      location.reload();
    }
  });
}

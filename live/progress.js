// Answers and points of the graded exercises, kept in this browser alone, and taken along as a file.
const KEY = "lossbook-exercises";
const FILE = "lossbook-answers.json";
const MOST = 1e6; // Bytes of a file, which somebody else may have written.
const LONGEST = 20_000; // Characters of an answer.
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
  store({ ...now, [name]: { ...now[name], ...fields } });
  show();
}

function store(records) {
  here = records;
  try {
    localStorage.setItem(KEY, JSON.stringify(records));
  } catch {
    // The page remembers it while it is open.
  }
}

// Editors that are open show what has come, or that nothing is left.
function replace(records) {
  store(records);
  document.dispatchEvent(new CustomEvent("lossbook-answers"));
}

function erase() {
  replace({});
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
  show();
}

function download() {
  const file = new Blob([JSON.stringify(all(), null, 1)], { type: "application/json" });
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: FILE });
  link.click();
  URL.revokeObjectURL(link.href);
}

function upload() {
  const input = Object.assign(document.createElement("input"), { type: "file", accept: ".json" });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    try {
      if (file.size > MOST) throw new Error(`the file has ${(file.size / 1e6).toFixed(1)} MB, and answers have less than 1 MB`);
      bring(read(await file.text()));
    } catch (error) {
      show(`Nothing was changed, because ${error.message}. `);
    }
  });
  input.click();
}

// Return the answers of a file that anybody may have written: of exercises that this page has, and of
// each its code and whether it passed.
function read(text) {
  let data = null;
  try {
    data = JSON.parse(text);
  } catch {
    // Told below.
  }
  const found = Object.create(null);
  for (const { dataset: { name, points } } of document.querySelectorAll(".live-exercise")) {
    const one = data !== null && Object.hasOwn(data, name) ? data[name] : null;
    if (typeof one?.code === "string" && one.code.length <= LONGEST) {
      found[name] = { code: one.code, passed: one.passed === true, points: Number(points) };
    }
  }
  if (!Object.keys(found).length) throw new Error(`the file has no answers of this book; choose one that "Save my answers" wrote, such as ${FILE}`);
  return found;
}

// An answer of the file goes before one of this device, and points stay.
function bring(found) {
  const before = all();
  const names = Object.keys(found);
  const lost = names.filter((name) => before[name] && before[name].code !== found[name].code);
  if (lost.length && !confirm(`Put the file's answers in place of yours to ${lost.join(", ")}?`)) return;
  for (const name of names) found[name].passed ||= Boolean(before[name]?.passed);
  replace({ ...before, ...found });
  show(`${names.length === 1 ? "One answer" : `${names.length} answers`} came from the file. `);
}

// Say the points of each exercise and, after what has happened, of all of them, wherever the page has
// room for it.
export function show(words = "") {
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
  if (total) total.textContent = `${words}You have ${sum} of ${most} points. They and your answers are kept in this browser alone.`;
}

// The page of all exercises has buttons to take the answers along, to bring them and to forget them.
export function offerProgress() {
  show();
  const tools = document.querySelector(".live-progress-tools");
  if (!tools) return;
  tools.hidden = false;
  const [save, take, forget] = tools.querySelectorAll("button");
  save.addEventListener("click", download);
  take.addEventListener("click", upload);
  forget.addEventListener("click", () => {
    if (confirm("Erase every answer and point that this browser keeps?")) erase();
  });
}

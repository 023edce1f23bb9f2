// The index of the loss cards shows what fits the answers above it; the address keeps them.
(() => {
  "use strict";
  const form = document.querySelector(".loss-filter");
  const entries = [...document.querySelectorAll(".loss-entry")];
  const choices = [...form.querySelectorAll("select")];

  function show() {
    const wanted = choices.map((one) => one.value).filter(Boolean);
    for (const entry of entries) {
      entry.hidden = !wanted.every((name) => entry.classList.contains(name));
    }
    for (const family of new Set(entries.map((entry) => entry.closest("section")))) {
      family.hidden = !family.querySelector(".loss-entry:not([hidden])");
    }
    const left = entries.filter((entry) => !entry.hidden).length;
    form.querySelector("output").textContent = left
      ? `${left} of ${entries.length} losses`
      : "No loss is all of this: choose “any” somewhere.";
    return wanted;
  }

  function keep() {
    const wanted = show();
    history.replaceState(null, "", wanted.length ? `#${wanted.join("&")}` : location.pathname);
  }

  for (const name of location.hash.slice(1).split("&")) {
    const choice = choices.find((one) => [...one.options].some((option) => option.value && option.value === name));
    if (choice) choice.value = name;
  }
  form.hidden = false;
  form.addEventListener("input", keep);
  form.addEventListener("reset", () => setTimeout(keep));
  show();
})();

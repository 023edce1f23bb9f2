// Make an element with attributes and children; a value of false or null leaves an attribute out.
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

export function button(text, label, act, kind = "") {
  const made = element("button", { type: "button", class: `live-button ${kind}`, "aria-label": label || false }, text);
  made.addEventListener("click", act);
  return made;
}

/* Ask axe about a page whose formulas and code are thinned: nine in ten of its tags are inside of
   them, and of those that look alike axe has to see one.

   What passes is not described: to describe it takes longer than to find it. */
async ([runOnly, rules]) => {
  const LOOKS = [
    "color", "opacity", "backgroundColor", "backgroundImage", "fontSize", "fontWeight", "display",
    "visibility", "position", "textShadow", "filter", "mixBlendMode", "webkitTextFillColor",
    "webkitTextStroke", "clipPath", "overflow", "zIndex",
  ];
  const PLAIN = {
    opacity: "1", backgroundColor: "rgba(0, 0, 0, 0)", backgroundImage: "none", textShadow: "none",
    filter: "none", mixBlendMode: "normal", webkitTextStrokeWidth: "0px", clipPath: "none",
  };
  const undo = [];
  const show = (box, nodes) => {
    const whole = [...box.childNodes];
    box.replaceChildren(...nodes);
    undo.push(() => box.replaceChildren(...whole));
  };
  const speaks = (tag) => [...tag.childNodes].some((n) => n.nodeType === 3 && n.data.trim());

  // Of the words of a code cell that look alike, and stand in what looks alike, one stays a tag. The
  // others become text of what they stand in, which is not asked about it if it had none.
  const thinCode = (box) => {
    const words = [...box.querySelectorAll("*")], seen = new Set(), looks = new Map([[box, ""]]);
    const alike = words.map((word) => {
      const style = getComputedStyle(word);
      const look = `${looks.get(word.parentElement)}/${LOOKS.map((name) => style[name]).join()}`;
      looks.set(word, look);
      const again = speaks(word) && seen.has(look) && !word.firstElementChild;
      if (speaks(word)) seen.add(look);
      return again;
    });
    const silent = [box, ...words].map((tag) => !speaks(tag));
    const thin = box.cloneNode(true), copies = [thin, ...thin.querySelectorAll("*")];
    copies.forEach((tag, n) => tag.toggleAttribute("data-silent", silent[n]));
    copies.slice(1).forEach((tag, n) => { if (alike[n]) tag.replaceWith(tag.textContent); });
    show(box, thin.childNodes);
    box.toggleAttribute("data-silent", silent[0]);
    undo.push(() => box.removeAttribute("data-silent"));
  };

  // A formula of one color on no ground of its own is a word in each box that does not break. One
  // letter would not be judged.
  const thinFormula = (formula) => {
    const color = getComputedStyle(formula).color;
    const plain = (tag) => {
      const style = getComputedStyle(tag);
      return style.color === color && style.webkitTextFillColor === color
        && Object.entries(PLAIN).every(([name, value]) => style[name] === value);
    };
    if (![...formula.querySelectorAll("*")].every(plain)) return;
    for (const base of formula.querySelectorAll(".katex-base")) {
      const word = document.createElement("span");
      word.textContent = "xx";
      word.style.cssText = `display: inline-block; width: ${base.getBoundingClientRect().width}px`;
      show(base, [base.querySelector(":scope > .katex-strut").cloneNode(), word]);
    }
  };

  const ask = (where) => {
    axe.configure({ rules: [
      { id: "color-contrast", selector: "*:not([data-silent])" },
      // A formula is words to a screen reader, but none to axe.
      { id: "empty-table-header", selector: "th:not([role]):not(:has(math))" },
    ] });
    const resultTypes = ["violations", "incomplete"];
    return axe.run(where, { runOnly, rules, resultTypes, elementRef: true });
  };

  document.querySelectorAll("pre").forEach(thinCode);
  document.querySelectorAll(".katex-html").forEach(thinFormula);
  for (const math of document.querySelectorAll(".katex-mathml math")) {
    show(math, [math.textContent]);
  }
  let { violations, incomplete } = await ask(document);
  const box = (node) => node.element.closest("pre");
  const open = incomplete.filter((rule) => rule.id === "color-contrast");
  const unjudged = [...new Set(open.flatMap((rule) => rule.nodes.map(box)))].filter(Boolean);
  violations = violations.map(({ id, nodes }) => (
    { id, nodes: nodes.filter((node) => !unjudged.includes(box(node))) }
  ));
  undo.reverse().forEach((back) => back());
  // If axe cannot judge a word of a code cell, it is asked about each.
  if (unjudged.length) violations = violations.concat((await ask(unjudged)).violations);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => (
    `${id}: ${node.target} ${node.html.slice(0, 150)} ${node.failureSummary.slice(0, 300)}`
  )));
}

// What the site adds to the theme. Every page works without it.
(() => {
  "use strict";
  const KEY = "lossbook-read";
  const root = new URL(document.documentElement.dataset.content_root, location.href).href;
  const pageOf = (link) => new URL(link.getAttribute("href"), document.baseURI).href.split("#")[0].replace(root, "");

  // The pages that were read, remembered in this browser alone.
  function stored() {
    try {
      return new Set(JSON.parse(localStorage.getItem(KEY) || "[]"));
    } catch (error) {
      return new Set();
    }
  }

  function store(pages) {
    try {
      localStorage.setItem(KEY, JSON.stringify([...pages]));
    } catch (error) {
      // A browser that keeps nothing: the mark lasts as long as the page.
    }
  }

  function markSidebar(pages) {
    for (const link of document.querySelectorAll(".bd-docs-nav a.reference.internal")) {
      link.querySelector(".read-mark")?.remove();
      if (pages.has(pageOf(link))) {
        link.insertAdjacentHTML("beforeend", '<span class="read-mark"> ✓<span class="sr-only"> read</span></span>');
      }
    }
    for (const part of document.querySelectorAll(".bd-docs-nav details.part")) {
      const [all, read] = ["a.reference", ".read-mark"].map((one) => part.querySelectorAll(one).length);
      part.querySelector(".pages").textContent = read ? `${read} of ${all} read` : all;
    }
  }

  function offerMark() {
    const here = location.href.split(/[?#]/)[0].replace(root, "");
    const box = document.querySelector(".read-box input");
    const pages = stored();
    markSidebar(pages);
    if (!box) return;
    box.checked = pages.has(here);
    box.addEventListener("change", () => {
      const now = stored();
      if (box.checked) now.add(here);
      else now.delete(here);
      store(now);
      markSidebar(now);
    });
  }

  // What scrolls sideways can be reached from the keyboard. An observer is told of a size when the
  // page has been laid out; to ask for it earlier would lay the page out once more.
  const sizes = new ResizeObserver((entries) => {
    const boxes = entries.map((entry) => entry.target);
    const wide = boxes.map((box) => box.scrollWidth > box.clientWidth);
    boxes.forEach((box, index) => {
      if (wide[index]) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  });

  function reachScrollers() {
    sizes.disconnect();
    for (const box of document.querySelectorAll(".math-scroll, span.math")) sizes.observe(box);
  }

  // What was folded is measured when it opens; the theme measures code when the window changes.
  function measureAgain() {
    dispatchEvent(new Event("resize"));
  }

  // On paper every fold is open and the page is light; afterwards it is as it was.
  const look = document.documentElement.dataset;

  function openForPrint() {
    look.before ??= look.theme;
    look.theme = "light";
    for (const fold of document.querySelectorAll("details:not([open])")) {
      fold.open = true;
      fold.dataset.closed = "";
    }
  }

  function closeAfterPrint() {
    look.theme = look.before ?? look.theme;
    delete look.before;
    for (const fold of document.querySelectorAll("details[data-closed]")) {
      fold.open = false;
      delete fold.dataset.closed;
    }
  }

  offerMark();
  addEventListener("beforeprint", openForPrint);
  addEventListener("afterprint", closeAfterPrint);
  document.addEventListener("toggle", measureAgain, true);
  reachScrollers();
  // A formula is as wide as its letters. To ask for the fonts lays out a page that is not yet so.
  addEventListener("load", () => document.fonts.ready.then(reachScrollers));
})();

// What the site adds to the theme. Every page works without it.
// Settings of togglebutton.js, which folds the solutions.
var togglebuttonSelector = ".toggle, .admonition.dropdown";
var toggleHintShow = "Click to show";
var toggleHintHide = "Click to hide";
var toggleOpenOnPrint = "true";

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
  }

  function offerMark() {
    const here = location.href.split(/[?#]/)[0].replace(root, "");
    const footer = document.querySelector("main .prev-next-footer");
    const pages = stored();
    markSidebar(pages);
    if (!footer || !here.startsWith("chapters/")) return;
    footer.insertAdjacentHTML("beforebegin",
      '<p class="read-box d-print-none"><label><input type="checkbox"> I have read this page</label></p>');
    const box = document.querySelector(".read-box input");
    box.checked = pages.has(here);
    box.addEventListener("change", () => {
      const now = stored();
      if (box.checked) now.add(here);
      else now.delete(here);
      store(now);
      markSidebar(now);
    });
  }

  // What scrolls sideways can be reached from the keyboard.
  function reachScrollers() {
    for (const box of document.querySelectorAll(".math-scroll, span.math")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }

  // What was folded is measured when it opens; the theme measures code when the window changes.
  function measureAgain() {
    dispatchEvent(new Event("resize"));
  }

  // On paper every fold is open; afterwards it is as it was.
  function openForPrint() {
    for (const fold of document.querySelectorAll("details:not([open])")) {
      fold.open = true;
      fold.dataset.closed = "";
    }
  }

  function closeAfterPrint() {
    for (const fold of document.querySelectorAll("details[data-closed]")) {
      fold.open = false;
      delete fold.dataset.closed;
    }
  }

  offerMark();
  addEventListener("beforeprint", openForPrint);
  addEventListener("afterprint", closeAfterPrint);
  document.addEventListener("toggle", measureAgain, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest(".admonition-title")) measureAgain();
  });
  addEventListener("load", reachScrollers);
  addEventListener("resize", reachScrollers);
})();

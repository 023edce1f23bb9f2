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

  // A page that arrives is laid out for the first screens alone (book.css). The rest follows a section at a time
  // as soon as the reader does something, and all at once for who goes to a place in it.
  const look = document.documentElement;
  const SIGNS = ["scroll", "pointermove", "pointerdown", "keydown", "touchstart"];
  const later = window.requestIdleCallback ?? setTimeout;

  function layOut(sections) {
    const [next, ...rest] = sections;
    if (!next) return look.classList.remove("arriving");
    next.classList.add("arrived");
    requestAnimationFrame(() => later(() => layOut(rest)));
  }

  function awaitReader() {
    const once = new AbortController();
    const begin = () => {
      once.abort();
      later(() => layOut([...document.querySelectorAll("article > section > section")]));
    };
    const jump = ({ target }) => target.closest("a[href*='#']") && look.classList.remove("arriving");
    for (const sign of SIGNS) addEventListener(sign, begin, { signal: once.signal, passive: true });
    addEventListener("click", jump, { capture: true });
  }

  // What scrolls can be reached from the keyboard. An observer is told of a size when the page has been
  // laid out; to ask for it earlier would lay the page out once more.
  const FORMULAS = ".math-scroll, span.math";
  const SCROLLERS = `pre, .cell_output > .output, .pst-scrollable-table-container, ${FORMULAS}`;
  const sizes = new ResizeObserver((entries) => {
    const boxes = entries.map((entry) => entry.target);
    const wide = (box) => box.scrollWidth > box.clientWidth;
    const tall = (box) => !box.matches(FORMULAS) && box.scrollHeight > box.clientHeight;
    const reached = boxes.map((box) => wide(box) || tall(box));
    boxes.forEach((box, index) => {
      if (reached[index]) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  });

  function reachScrollers(place) {
    const inside = place.querySelectorAll(SCROLLERS);
    for (const box of [place.closest(SCROLLERS), ...inside].filter(Boolean)) {
      sizes.unobserve(box);
      sizes.observe(box);
    }
  }

  // What a page shows later, such as the outputs of cells that run in it.
  const comers = new MutationObserver((records) => {
    const places = records.flatMap(({ target, addedNodes }) => [target.closest("pre"), ...addedNodes]);
    for (const place of new Set(places)) if (place instanceof Element) reachScrollers(place);
  });

  // What a link means, while a pointer rests on it or the keyboard is on it: the equation that it names, here or on
  // another page. A term and a work say it in a title, which a pointer sees anyway; the keyboard sees it here.
  const EQUATION = "article a.internal[href*='#equation-']";
  const MEANT = `${EQUATION}, article a.internal[title]`;
  const pages = new Map();

  function readPage(address) {
    if (!pages.has(address)) {
      const read = fetch(address).then((answer) => answer.text())
        .then((text) => new DOMParser().parseFromString(text, "text/html"));
      pages.set(address, read.catch(() => void pages.delete(address)));
    }
    return pages.get(address);
  }

  // A copy of the equation that a link names, or nothing: opened from a disk, a page can read no other.
  async function namedEquation(link) {
    const [page, id] = link.href.split("#");
    const here = page === location.href.split("#")[0];
    if (!here && location.protocol === "file:") return null;
    const copy = (here ? document : await readPage(page))?.getElementById(id)?.cloneNode(true);
    copy?.removeAttribute("id");
    copy?.querySelector(".headerlink")?.remove();
    for (const one of copy?.querySelectorAll("[tabindex]") ?? []) one.removeAttribute("tabindex");
    return copy;
  }

  // A screen reader, which follows the link or reads its title, is told nothing twice.
  function offerPreviews() {
    const box = document.createElement("div");
    box.className = "link-preview d-print-none";
    box.ariaHidden = "true";
    box.hidden = true;
    document.body.append(box);
    let meant = null;
    let timer = 0;

    function hide() {
      clearTimeout(timer);
      meant = null;
      box.hidden = true;
    }

    async function show(link) {
      hide();
      meant = link;
      const said = link.matches(EQUATION) ? await namedEquation(link) : link.title;
      if (!said || meant !== link) return;
      box.replaceChildren(said);
      box.hidden = false;
      const { left, top, bottom } = link.getBoundingClientRect();
      const { clientWidth, clientHeight } = document.documentElement;
      const above = bottom + box.offsetHeight + 10 > clientHeight && top > box.offsetHeight + 10;
      box.style.left = `${scrollX + Math.max(8, Math.min(left, clientWidth - box.offsetWidth - 8))}px`;
      box.style.top = `${scrollY + (above ? top - box.offsetHeight - 5 : bottom + 5)}px`;
    }

    // A finger goes where the link leads. From the link the pointer may go on to what it shows.
    document.addEventListener("pointerover", ({ pointerType, target }) => {
      if (pointerType !== "mouse") return;
      clearTimeout(timer);
      const link = target.closest(EQUATION);
      if (link && link !== meant) timer = setTimeout(show, 150, link);
      if (!link && meant && !box.contains(target) && !meant.matches(":focus-visible")) timer = setTimeout(hide, 250);
    });
    document.addEventListener("focusin", ({ target }) => {
      if (target.matches(MEANT) && target.matches(":focus-visible")) show(target);
      else hide();
    });
    document.addEventListener("focusout", hide);
    document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
  }

  // On paper every fold is open and the page is light; afterwards it is as it was.
  function openForPrint() {
    const { dataset } = look;
    dataset.before ??= dataset.theme;
    dataset.theme = "light";
    for (const fold of document.querySelectorAll("details:not([open])")) {
      fold.open = true;
      fold.dataset.closed = "";
    }
  }

  function closeAfterPrint() {
    const { dataset } = look;
    dataset.theme = dataset.before ?? dataset.theme;
    delete dataset.before;
    for (const fold of document.querySelectorAll("details[data-closed]")) {
      fold.open = false;
      delete fold.dataset.closed;
    }
  }

  offerMark();
  offerPreviews();
  addEventListener("beforeprint", openForPrint);
  addEventListener("afterprint", closeAfterPrint);
  reachScrollers(document.body);
  comers.observe(document.body, { childList: true, subtree: true });
  // A formula is as wide as its letters. To ask for the fonts lays out a page that is not yet so.
  addEventListener("load", () => document.fonts.ready.then(() => reachScrollers(document.body)));
  awaitReader();
})();

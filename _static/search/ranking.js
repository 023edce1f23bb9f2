// Which pages come first: those that an entry of the index, a title or a function names as it was
// typed, then those that say its rare words. A page stands once, at its best place. Sphinx, whose
// index and display stay, lets every word count as much as any other.
(() => {
  "use strict";
  const KINDS = { entry: 3, object: 2.4, title: 2.2 };
  const SKIPPED = new Set([...stopwords, "vs", "versus", "how", "what", "why", "which", "when", "my", "i", "do",
    "does", "should", "can", "use", "using", "between", "you", "from", "python"]);
  // Pages that mention everything, and those that few look for.
  const MENTIONS = /reference\/(verified|bibliography|errata|exercises)|instructors\//;
  const SHOWN = 20;
  const NOT_READ = ".headerlink, script, style, pre, .katex-mathml, .checked-by, .checked-claim, .live-start, .live-none, .where-it-runs, .prev-next-footer, .sr-only, .copybtn";
  const stemmer = new Stemmer();
  let index, places, count;

  function stems(text) {
    const found = splitQuery(text.toLowerCase()).filter((word) => !SKIPPED.has(word));
    return [...new Set(found.map((word) => (/^[a-z]+$/.test(word) ? stemmer.stemWord(word) : word)))];
  }

  // Every place that has a name: [kind, file, anchor, words, title].
  function named() {
    const found = [], add = (kind, file, anchor, text, title) => {
      const words = stems(text);
      if (words.length) found.push({ kind, file, anchor: anchor ? `#${anchor}` : "", words, title });
    };
    const sections = new Map();
    for (const [title, where] of Object.entries(index.alltitles)) {
      const name = title.replace(/#$/, "").trim();
      for (const [file, id] of where) {
        if (id) sections.set(`${file} ${id}`, name);
        add("title", file, index.titles[file] === title ? "" : id, name, id && name);
      }
    }
    for (const [entry, where] of Object.entries(index.indexentries)) {
      for (const [file, id] of where) add("entry", file, id, entry, sections.get(`${file} ${id}`));
    }
    for (const [prefix, ones] of Object.entries(index.objects)) {
      for (const [file, type, , anchor, name] of ones) {
        const full = prefix ? `${prefix}.${name}` : name;
        const id = anchor === "" ? full : anchor === "-" ? `${index.objnames[type][1]}-${full}` : anchor;
        add("object", file, id, name, full);
      }
    }
    return found;
  }

  const files = (table, word) => (Object.hasOwn(table, word) ? [table[word]].flat() : []);

  function filesWith(word) {
    return new Set([...files(index.terms, word), ...files(index.titleterms, word)]);
  }

  // A rare word says more than a common one; one that no page has says little.
  function weight(word) {
    const having = filesWith(word).size;
    return having ? Math.log(1 + count / having) : 0.5 * Math.log(1 + count);
  }

  // How far two words are one: parts of long words count, as of cross_entropy or 损失函数.
  function alike(asked, word) {
    if (asked === word) return 1;
    const [short, long] = asked.length < word.length ? [asked, word] : [word, asked];
    const enough = /[\u3400-\u9fff]/.test(short) ? 2 : 4;
    if (short.length < enough || !long.includes(short)) return 0;
    return (long.startsWith(short) ? 0.4 : 0.2) + (0.5 * short.length) / long.length;
  }

  // The share of some words, by weight, that others have too.
  function covered(words, others) {
    let found = 0, all = 0;
    for (const word of words) {
      found += weight(word) * Math.max(...others.map((other) => alike(word, other)));
      all += weight(word);
    }
    return found / all;
  }

  function rank(query) {
    if (index !== Search._index) {
      index = Search._index;
      count = index.docnames.length;
      places = named();
    }
    const asked = stems(query);
    if (!asked.length) return [];
    const best = new Map(), said = new Map();
    for (const place of places) {
      const share = covered(asked, place.words);
      if (share < 0.5) continue;
      const score = KINDS[place.kind] * share ** 2 * (0.4 + 0.6 * covered(place.words, asked));
      if (score > (best.get(place.file)?.score ?? 0)) best.set(place.file, { ...place, score });
    }
    const all = asked.reduce((sum, word) => sum + weight(word), 0);
    for (const word of asked) {
      for (const file of filesWith(word)) said.set(file, (said.get(file) ?? 0) + weight(word) / all);
    }
    const found = [];
    for (const file of new Set([...best.keys(), ...said.keys()])) {
      const place = best.get(file) ?? { anchor: "", score: 0 };
      const share = said.get(file) ?? 0;
      if (!place.score && share < 0.6) continue;
      const factor = MENTIONS.test(index.docnames[file]) ? 0.5 : 1;
      const page = index.titles[file];
      const isObject = place.kind === "object";
      const title = isObject ? place.title : place.title && place.anchor ? `${page} › ${place.title}` : page;
      const told = isObject ? `function or class, in ${page}` : null;
      found.push([index.docnames[file], title, place.anchor, told, (place.score + share ** 2) * factor, index.filenames[file]]);
    }
    return found.sort((a, b) => a[4] - b[4]).slice(-SHOWN);
  }

  Search._performSearch = rank;

  // What a result shows of its page: prose, without code and without the second copy of formulas.
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article") ?? page.querySelector('[role="main"]');
    const part = (anchor && article?.querySelector(`[id="${CSS.escape(anchor.slice(1))}"]`)) || article;
    if (!part) return "";
    const place = part.matches("section, dt, article, div") ? part : (part.closest("section") ?? part);
    for (const one of place.querySelectorAll(NOT_READ)) one.remove();
    place.querySelector("h1, h2, h3")?.remove();
    return place.textContent.replace(/\s+/g, " ").trim();
  };
})();

// Bring the figures of the page to life when they come near the view. An explorer: fetch its script
// and give it a model that holds the figure's state, as anywidget would in a notebook, and the
// address of the page. Frames: a slider with play where their choices are numbers in order.
(() => {
  "use strict";
  const { src } = document.currentScript;
  const fetched = {};

  function script(name) {
    fetched[name] ??= new Promise((resolve, reject) => {
      const tag = document.createElement("script");
      tag.src = src.replace(/explorers\.js(\?.*)?$/, `${name}.js$1`);
      tag.onload = resolve;
      tag.onerror = reject;
      document.head.append(tag);
    });
    return fetched[name];
  }

  function modelOf(state) {
    const listeners = {};
    return {
      get: (name) => state[name],
      set(name, value) {
        state[name] = value;
        for (const listener of listeners[`change:${name}`] ?? []) listener();
      },
      on: (event, listener) => (listeners[event] ??= []).push(listener),
      off: (event, listener) => {
        listeners[event] = (listeners[event] ?? []).filter((other) => other !== listener);
      },
      save_changes() {},
    };
  }

  // The address names an explorer's state as #explorer=descent&optimizer=momentum&rate=0.3. Of two of
  // one name the second is descent.2; without a name the first that has such a state is meant.
  const explorers = () => [...document.querySelectorAll("figure.lossbook-explorer")];
  function nameOf(figure) {
    const alike = explorers().filter((other) => other.dataset.explorer === figure.dataset.explorer);
    const place = alike.indexOf(figure) + 1;
    return figure.dataset.explorer + (place > 1 ? `.${place}` : "");
  }
  function has(figure, names) {
    const own = Object.keys(JSON.parse(figure.dataset.state));
    return names.every((name) => own.some((one) => one === name || one.endsWith(`_${name}`)));
  }
  function addressed() {
    const pairs = location.hash.slice(1).split("&").map((pair) => pair.split("="));
    if (pairs.some((pair) => pair.length !== 2)) return {};
    try {
      const { explorer, ...texts } = Object.fromEntries(pairs.map((pair) => pair.map(decodeURIComponent)));
      const meant = (one) => (explorer ? nameOf(one) === explorer : has(one, Object.keys(texts)));
      return { figure: explorers().find(meant), texts };
    } catch {
      return {}; // A sign in it is written wrong.
    }
  }
  function addressOf(figure) {
    const here = () => {
      const meant = addressed();
      return meant.figure === figure ? meant.texts : null;
    };
    return {
      texts: here(),
      listen: (restore) => addEventListener("hashchange", () => restore(here())),
      async share(texts) {
        const readable = (text) => encodeURIComponent(text).replace(/%(2C|3A|3B)/g, decodeURIComponent);
        const pairs = Object.entries({ explorer: nameOf(figure), ...texts });
        const hash = pairs.map((pair) => pair.map(readable).join("=")).join("&");
        history.replaceState(null, "", `#${hash}`);
        try {
          await navigator.clipboard.writeText(location.href);
          return true;
        } catch {
          return false;
        }
      },
    };
  }

  async function start(figure) {
    const name = figure.dataset.explorer;
    try {
      await script(name);
    } catch {
      return; // The picture stays.
    }
    const el = document.createElement("div");
    figure.querySelector(".lossbook-still").replaceWith(el);
    const model = modelOf(JSON.parse(figure.dataset.state));
    window.lossbookExplorers[name]({ model, el, address: addressOf(figure) });
  }

  // Frames whose choices are numbers get a slider, which moves their radio buttons.
  function slide(frames) {
    const choices = [...frames.querySelectorAll("input[type=radio]")];
    const texts = choices.map((choice) => choice.parentElement.textContent.trim());
    if (!("ordered" in frames.dataset) || frames.querySelector(".frames-bar")) return;
    const make = (tag, properties, ...children) => {
      const made = Object.assign(document.createElement(tag), properties);
      made.append(...children);
      return made;
    };
    const question = frames.querySelector("legend").textContent;
    const range = make("input", { type: "range", min: 0, max: choices.length - 1, step: 1, ariaLabel: question });
    const play = make("button", { type: "button", ariaLabel: `Play: ${question}` }, "Play");
    const next = make("button", { type: "button", ariaLabel: `Step: ${question}` }, "Step");
    const value = make("output", { ariaHidden: "true" });
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    let timer = null;
    const now = () => choices.findIndex((choice) => choice.checked);
    const read = () => {
      range.value = now();
      range.ariaValueText = value.textContent = texts[now()];
      play.hidden = still.matches;
    };
    const go = (i) => {
      choices[i].checked = true;
      read();
    };
    const stop = () => {
      clearTimeout(timer);
      timer = null;
      play.textContent = "Play";
    };
    const run = () => {
      timer = setTimeout(() => {
        go(now() + 1);
        if (now() < choices.length - 1) run();
        else stop();
      }, 700);
    };
    play.addEventListener("click", () => {
      if (timer) return stop();
      if (now() === choices.length - 1) go(0);
      play.textContent = "Pause";
      run();
    });
    next.addEventListener("click", () => {
      stop();
      go((now() + 1) % choices.length);
    });
    range.addEventListener("input", () => {
      stop();
      go(Number(range.value));
    });
    still.addEventListener("change", () => {
      stop();
      read();
    });
    frames.addEventListener("change", read);
    frames.classList.add("frames-slide");
    frames.querySelector("legend").after(make("div", { className: "frames-bar" }, play, next, range, value));
    read();
  }

  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        start(target);
      }
    },
    { rootMargin: "400px" },
  );
  const watch = (place) => {
    for (const figure of place.querySelectorAll("figure.lossbook-explorer")) near.observe(figure);
    for (const frames of place.querySelectorAll("fieldset.lossbook-frames")) slide(frames);
  };
  watch(document);
  // A link with a state leads to its explorer.
  const { figure } = addressed();
  if (figure) figure.scrollIntoView({ block: "start" });
  // What a cell of the page makes: see live/output.js.
  document.addEventListener("lossbook-output", (event) => watch(event.detail));
})();

// Bring each explorer on the page to life when it comes near the view: fetch its script and give it
// a model that holds the figure's state, as anywidget would in a notebook.
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

  async function start(figure) {
    const name = figure.dataset.explorer;
    try {
      await script(name);
    } catch {
      return; // The picture stays.
    }
    const el = document.createElement("div");
    figure.querySelector(".lossbook-still").replaceWith(el);
    window.lossbookExplorers[name]({ model: modelOf(JSON.parse(figure.dataset.state)), el });
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
  };
  watch(document);
  // What a cell of the page makes: see live/output.js.
  document.addEventListener("lossbook-output", (event) => watch(event.detail));
})();

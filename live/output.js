// What a cell prints, draws and shows, as elements of the page.
import { element } from "./elements.js";

export class Output {
  // alt: the words for each picture, where they are known; goTo(line) is told an error's line.
  constructor({ place, alt, goTo }) {
    Object.assign(this, { place, alt, goTo, pictures: 0 });
    place.replaceChildren();
  }

  add(thing) {
    if ("stream" in thing) this.text(thing.stream, thing.text);
    else if (thing.picture) this.picture(thing);
    else if (thing.show) this.show(thing.show);
    else this.error(thing);
  }

  text(stream, text) {
    if (this.last?.stream !== stream) {
      const pre = element("pre", {});
      this.place.append(element("div", { class: `output stream live-${stream}` }, pre));
      this.last = { stream, pre };
    }
    this.last.pre.append(text);
  }

  picture({ picture, width }) {
    this.last = null;
    const alt = this.alt[this.pictures] ?? "A picture that has no words yet: your code drew it.";
    this.pictures += 1;
    this.place.append(
      element("div", { class: "output" }, element("img", { src: `data:image/png;base64,${picture}`, alt, width })),
    );
  }

  // Scripts in HTML do not run: it is set as innerHTML, under the policy of the page.
  show(forms) {
    this.last = null;
    this.markdown = "text/markdown" in forms;
    const html = forms["text/html"] ?? forms["image/svg+xml"];
    const box = element("div", { class: html ? "output text_html" : "output text_plain" });
    if (html) box.innerHTML = html;
    else box.append(element("pre", {}, forms["text/markdown"] ?? forms["text/latex"] ?? forms["text/plain"]));
    if (forms["text/plain"]) box.dataset.plain = forms["text/plain"];
    this.place.append(box);
    bringToLife(box);
  }

  error({ message, line, text }) {
    this.last = null;
    this.failed = { message, line };
    const head = element("p", { class: "live-message" }, ...linked(message.split("\n")[0]));
    if (line) {
      const button = element("button", { type: "button", class: "live-line" }, `Go to line ${line}`);
      button.addEventListener("click", () => this.goTo(line));
      head.append(" ", button);
    }
    const whole = !text || text.trim() === message.split("\n")[0] ? [] : [element("pre", {}, text)];
    this.place.append(element("div", { class: "output live-error" }, head, ...whole));
  }
}

// Return words in which an address is a link. Of a section of a page it shows the title, not the address.
function linked(words) {
  return words.split(/(https?:\/\/\S+)/).map((part, i) => {
    if (i % 2 === 0) return part;
    const title = part.split("#")[1]?.replaceAll("-", " ");
    return element("a", { href: part }, title ? `“${title}”` : part);
  });
}

// Explorers and frames move by the page's own script, which a page without any has not fetched yet.
function bringToLife(box) {
  if (!box.querySelector("figure.lossbook-explorer, fieldset.lossbook-frames")) return;
  if (document.querySelector('script[src*="explorers/explorers.js"]')) {
    document.dispatchEvent(new CustomEvent("lossbook-output", { detail: box }));
    return;
  }
  const folder = `${document.querySelector(".live-start").dataset.live}../_static/explorers/`;
  document.head.append(
    element("link", { rel: "stylesheet", href: `${folder}explorers.css` }),
    element("script", { src: `${folder}explorers.js` }),
  );
}

// The plots as they stand, as a PNG file of twice the size, with the spoken line below them.

import { svg } from "./plot.js";

const LOOKS = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity",
  "paint-order", "font-family", "font-size", "font-weight", "text-anchor",
];

// A copy that needs no style sheet.
function copyOf(picture) {
  const copy = picture.cloneNode(true);
  const originals = [picture, ...picture.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((made, i) => {
    const look = getComputedStyle(originals[i]);
    for (const name of LOOKS) made.setAttribute(name, look.getPropertyValue(name));
  });
  return copy;
}

// Words in lines of a width, as a canvas measures them.
function linesOf(text, width, font) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

const isClear = (e) => /^rgba.* 0\)$|^transparent$/.test(getComputedStyle(e).backgroundColor);

export async function savePicture(plots, root, file) {
  const look = getComputedStyle(root);
  const outer = root.querySelector(".lb-plots").getBoundingClientRect();
  const lines = linesOf(root.querySelector(".lb-status").textContent, outer.width - 16, `600 14px ${look.fontFamily}`);
  const [width, height] = [Math.ceil(outer.width), Math.ceil(outer.height) + 16 + 20 * lines.length];
  let ground = root;
  while (ground.parentElement && isClear(ground)) ground = ground.parentElement;
  const whole = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` },
    svg("rect", { width, height, fill: getComputedStyle(ground).backgroundColor }));
  for (const { picture } of plots) {
    const box = picture.getBoundingClientRect();
    const copy = copyOf(picture);
    for (const [name, value] of Object.entries({ x: box.x - outer.x, y: box.y - outer.y, width: box.width, height: box.height }))
      copy.setAttribute(name, value);
    whole.append(copy);
  }
  lines.forEach((line, i) => whole.append(svg("text", {
    x: 8, y: outer.height + 20 + 20 * i, fill: look.color, "font-family": look.fontFamily, "font-size": 14, "font-weight": 600,
  }, line)));
  const image = new Image();
  // A data address: the site's policy allows no other picture that is made here.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(whole))}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  Object.assign(document.createElement("a"), { href: canvas.toDataURL("image/png"), download: file }).click();
}

// The memory of a Python that has started: the pages that differ from those of a program that has not.
const PAGE = 65536;
const STEP = PAGE / 4;

// Return a head (the number of all pages, of those that differ, and which) and the pages that differ.
export function difference(memory, before) {
  const words = new Uint32Array(memory.buffer);
  const old = new Uint32Array(before);
  const kept = [];
  for (let page = 0; page * STEP < words.length; page += 1) if (differs(words, old, page * STEP)) kept.push(page);
  const head = [words.length / STEP, kept.length, ...kept];
  const image = new Uint32Array(head.length + kept.length * STEP);
  image.set(head);
  kept.forEach((page, i) => image.set(words.subarray(page * STEP, (page + 1) * STEP), head.length + i * STEP));
  return image.buffer;
}

// Beyond its end the old memory is zero.
function differs(words, old, start) {
  for (let at = start; at < start + STEP; at += 1) if (words[at] !== (at < old.length ? old[at] : 0)) return true;
  return false;
}

// Bring the memory of a program that has not started to the same state.
export function restore(image, memory) {
  const [all, count] = new Uint32Array(image, 0, 2);
  memory.grow(all - memory.buffer.byteLength / PAGE);
  const bytes = new Uint8Array(memory.buffer);
  new Uint32Array(image, 8, count).forEach((page, i) => {
    bytes.set(new Uint8Array(image, 8 + 4 * count + i * PAGE, PAGE), page * PAGE);
  });
}

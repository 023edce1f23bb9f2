// Where labels go: on no other label and no dot, close to their own line and away from the others.

// Right of the anchor first, then left, above, below, and the corners.
const SIDES = [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [-1, -1], [1, 1], [-1, 1]];
const GAPS = [7, 16, 28, 44, 64];

const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
const distance = ([left, top, right, bottom], [x, y]) =>
  Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
// Whether every point is farther from a box than `least`: what is far along one axis needs no root.
const farther = (box, points, least) => {
  const left = box[0] - least, top = box[1] - least, right = box[2] + least, bottom = box[3] + least;
  return points.every((point) => point[0] < left || point[0] > right || point[1] < top || point[1] > bottom
    || distance(box, point) > least);
};
const nearest = (box, points) => points.reduce((least, point) => Math.min(least, distance(box, point)), Infinity);

// Each label has a size [width, height], anchors, points that it may stand beside, the best first,
// and, if it names a line, the line's color. `taken` are boxes [left, top, right, bottom], `lines`
// points [x, y, color] of lines. Returns for each label its box and its anchor, or null where there
// is no room.
export function place(labels, taken, lines, [width, height]) {
  const boxes = [...taken];
  return labels.map(({ size: [w, h], line, anchors }) => {
    const others = lines.filter((point) => point[2] !== line);
    // On no line, and nearer to its own place than to any other; else on no line; else anywhere free.
    const choose = (fits) => {
      for (const gap of GAPS)
        for (const [x, y] of anchors)
          for (const [dx, dy] of SIDES) {
            const left = x + dx * gap + ((dx - 1) / 2) * w, top = y + dy * gap + ((dy - 1) / 2) * h;
            const box = [left, top, left + w, top + h];
            if (left < 0 || top < 0 || box[2] > width || box[3] > height) continue;
            if (!boxes.some((other) => meet(box, other)) && fits(box)) return { box, anchor: [x, y], gap };
          }
      return null;
    };
    const clear = (box) => farther(box, lines, 1);
    const found = choose((box) => clear(box) && farther(box, others, 8)
      && farther(box, others, 1.2 * nearest(box, anchors))) ?? choose(clear) ?? choose(() => true);
    if (found) boxes.push(found.box);
    return found;
  });
}

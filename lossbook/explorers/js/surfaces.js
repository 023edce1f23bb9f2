// The surfaces that the descent explorer descends: those of lossbook.surfaces, and a regression.

// Calls from Belgium in tens of millions, 1950 to 1973: lossbook.datasets.phone_calls.
const CALLS = [
  0.44, 0.47, 0.47, 0.59, 0.66, 0.73, 0.81, 0.88, 1.06, 1.2, 1.35, 1.49, 1.61, 2.12, 11.9, 12.4,
  14.2, 15.9, 18.2, 21.2, 4.3, 2.4, 2.7, 2.9,
];

// Each surface: evaluate(x, y, κ) returns [value, ∂x, ∂y]; hessian the entries [xx, xy, yy].
export const surfaces = {
  quadratic: {
    title: "Quadratic bowl",
    formula: "½(x² + κy²)",
    evaluate: (x, y, condition) => [(x * x + y * (condition * y)) / 2, x, condition * y],
    hessian: (x, y, condition) => [1, 0, condition],
    minima: [[0, 0]],
    names: ["x", "y"],
    view: [[-3, 3], [-2, 2]],
    start: [-2.5, 1.5],
    learning_rate: 0.15,
  },
  rosenbrock: {
    title: "Rosenbrock’s valley",
    formula: "(1 − x)² + 100(y − x²)²",
    evaluate: (x, y) => {
      const across = y - x * x;
      return [
        (1 - x) * (1 - x) + 100 * (across * across),
        -2 * (1 - x) - 400 * x * across,
        200 * across,
      ];
    },
    hessian: (x, y) => [2 - 400 * (y - 3 * x * x), -400 * x, 200],
    minima: [[1, 1]],
    names: ["x", "y"],
    view: [[-2, 2], [-1, 3]],
    start: [-1.2, 1],
    learning_rate: 0.0015,
  },
  himmelblau: {
    title: "Himmelblau’s four valleys",
    formula: "(x² + y − 11)² + (x + y² − 7)²",
    evaluate: (x, y) => {
      const u = x * x + y - 11, v = x + y * y - 7;
      return [u * u + v * v, 4 * x * u + 2 * v, 2 * u + 4 * y * v];
    },
    hessian: (x, y) => [12 * x * x + 4 * y - 42, 4 * (x + y), 12 * y * y + 4 * x - 26],
    minima: [
      [3, 2],
      [-2.805118086952745, 3.131312518250573],
      [-3.779310253377747, -3.28318599128617],
      [3.584428340330492, -1.848126526964404],
    ],
    names: ["x", "y"],
    view: [[-5, 5], [-5, 5]],
    start: [-0.5, -1],
    learning_rate: 0.01,
  },
  saddle: {
    title: "Saddle",
    formula: "x² − y²",
    evaluate: (x, y) => [x * x - y * y, 2 * x, -2 * y],
    hessian: () => [2, 0, -2],
    minima: [[0, 0]],
    names: ["x", "y"],
    view: [[-2, 2], [-2, 2]],
    start: [1.5, 0.01],
    learning_rate: 0.1,
  },
  calls: {
    title: "Risk of a line, phone calls",
    formula: "(1/N) Σ (θ₀ + θ₁xᵢ − yᵢ)², x in decades since 1950",
    evaluate: (intercept, slope) => {
      let value = 0, byIntercept = 0, bySlope = 0;
      for (let i = 0; i < CALLS.length; i++) {
        const r = intercept + slope * (i / 10) - CALLS[i];
        value += r * r;
        byIntercept += 2 * r;
        bySlope += 2 * r * (i / 10);
      }
      return [value / CALLS.length, byIntercept / CALLS.length, bySlope / CALLS.length];
    },
    hessian: () => {
      const x = CALLS.map((_, i) => i / 10);
      const mean = (values) => values.reduce((a, b) => a + b) / values.length;
      return [2, 2 * mean(x), 2 * mean(x.map((xi) => xi * xi))];
    },
    minima: [leastSquares()],
    names: ["θ₀", "θ₁"],
    view: [[-8, 10], [-4, 12]],
    start: [8, -2],
    learning_rate: 0.2,
  },
};

function leastSquares() {
  const n = CALLS.length, center = (n - 1) / 20;
  const mean = CALLS.reduce((a, b) => a + b) / n;
  let up = 0, across = 0;
  for (let i = 0; i < n; i++) {
    up += (i / 10 - center) * (CALLS[i] - mean);
    across += (i / 10 - center) ** 2;
  }
  return [mean - (up / across) * center, up / across];
}

// The largest curvature L at the minimum (or saddle) that is nearest to a point.
export function curvature(surface, condition, [x, y]) {
  const { minima, hessian } = surfaces[surface];
  const distance = ([a, b]) => (a - x) ** 2 + (b - y) ** 2;
  const at = minima.reduce((best, point) => (distance(point) < distance(best) ? point : best));
  const [xx, xy, yy] = hessian(...at, condition);
  return { at, L: (xx + yy) / 2 + Math.sqrt(((xx - yy) / 2) ** 2 + xy * xy) };
}

// Lines of equal height: for each level, pieces [x1, y1, x2, y2], by marching squares.
export function contours(f, [x0, x1], [y0, y1], levels, n = 64) {
  const xs = Array.from({ length: n + 1 }, (_, i) => x0 + ((x1 - x0) * i) / n);
  const ys = Array.from({ length: n + 1 }, (_, i) => y0 + ((y1 - y0) * i) / n);
  const heights = ys.map((y) => xs.map((x) => f(x, y)));
  return levels.map((level) => {
    const pieces = [];
    for (let j = 0; j < n; j++)
      for (let i = 0; i < n; i++) {
        const corners = [
          [xs[i], ys[j], heights[j][i]], [xs[i + 1], ys[j], heights[j][i + 1]],
          [xs[i + 1], ys[j + 1], heights[j + 1][i + 1]], [xs[i], ys[j + 1], heights[j + 1][i]],
        ];
        const crossed = [];
        for (let c = 0; c < 4; c++) {
          const [ax, ay, a] = corners[c], [bx, by, b] = corners[(c + 1) % 4];
          if (a < level === b < level) continue;
          const t = (level - a) / (b - a);
          crossed.push([ax + t * (bx - ax), ay + t * (by - ay)]);
        }
        for (let c = 0; c + 1 < crossed.length; c += 2) pieces.push([...crossed[c], ...crossed[c + 1]]);
      }
    return pieces;
  });
}

// Heights that grow geometrically from the lowest in view, so that the valley shows.
export function levelsOf(f, [x0, x1], [y0, y1], count = 14, n = 64) {
  const heights = [];
  for (let j = 0; j <= n; j++)
    for (let i = 0; i <= n; i++) heights.push(f(x0 + ((x1 - x0) * i) / n, y0 + ((y1 - y0) * j) / n));
  const least = Math.min(...heights), most = Math.max(...heights) - least;
  return Array.from({ length: count }, (_, i) => least + most * 1e-3 ** (1 - (i + 0.5) / count));
}

// The regression losses of lossbook.losses and what is least under them, the same formulas in the
// same order. tests/test_explorers_js.py runs this file and compares it with the package.

const clip = (x, low, high) => Math.min(Math.max(x, low), high);

// evaluate(r, setting) returns [value, gradient] at the residual r = prediction − target.
export const losses = {
  squared_error: { title: "Squared error", formula: "r²", evaluate: (r) => [r * r, 2 * r] },
  half_squared_error: {
    title: "Half squared error",
    formula: "r²/2",
    evaluate: (r) => [r * (r / 2), r],
  },
  absolute_error: {
    title: "Absolute error",
    formula: "|r|",
    evaluate: (r) => [Math.abs(r), Math.sign(r)],
  },
  huber: {
    title: "Huber",
    formula: "r²/2 up to |r| = δ, then δ(|r| − δ/2)",
    setting: { name: "delta", symbol: "δ", min: 0.1, max: 5, step: 0.1, value: 1 },
    evaluate: (r, delta) => {
      const g = clip(r, -delta, delta);
      return [g * (r - g / 2), g];
    },
  },
  smooth_l1: {
    title: "Smooth L1",
    formula: "r²/(2β) up to |r| = β, then |r| − β/2",
    setting: { name: "beta", symbol: "β", min: 0.1, max: 5, step: 0.1, value: 1 },
    evaluate: (r, beta) => {
      const g = clip(r, -beta, beta);
      return [(g / beta) * (r - g / 2), g / beta];
    },
  },
  pseudo_huber: {
    title: "Pseudo-Huber",
    formula: "δ²(√(1 + (r/δ)²) − 1)",
    setting: { name: "delta", symbol: "δ", min: 0.1, max: 5, step: 0.1, value: 1 },
    evaluate: (r, delta) => {
      const u = Math.abs(r / delta);
      const s = Math.max(u, Math.sqrt(1 + Math.min(u, 1e9) ** 2));
      return [r * (r / (s + 1)), r / s];
    },
  },
  log_cosh: {
    title: "Log-cosh",
    formula: "log cosh r",
    evaluate: (r) => {
      const a = Math.abs(r);
      const value =
        a < 1
          ? Math.log1p(2 * Math.sinh(a / 2) ** 2)
          : a + (Math.log1p(Math.exp(-2 * a)) - Math.LN2);
      return [value, Math.tanh(r)];
    },
  },
  pinball: {
    title: "Pinball",
    formula: "−q·r below, (1 − q)·r above the target",
    setting: { name: "quantile", symbol: "q", min: 0.05, max: 0.95, step: 0.05, value: 0.8 },
    evaluate: (r, quantile) => {
      const g = r > 0 ? 1 - quantile : r < 0 ? -quantile : 0;
      return [g * r, g];
    },
  },
  expectile: {
    title: "Expectile",
    formula: "τ·r² below, (1 − τ)·r² above the target",
    setting: { name: "expectile", symbol: "τ", min: 0.05, max: 0.95, step: 0.05, value: 0.8 },
    evaluate: (r, expectile) => {
      const weighted = (1 - expectile) * Math.max(r, 0) + expectile * Math.min(r, 0);
      return [weighted * r, 2 * weighted];
    },
  },
  epsilon_insensitive: {
    title: "ε-insensitive",
    formula: "max(0, |r| − ε)",
    setting: { name: "epsilon", symbol: "ε", min: 0, max: 3, step: 0.1, value: 1 },
    evaluate: (r, epsilon) => {
      const excess = r - clip(r, -epsilon, epsilon);
      return [Math.abs(excess), Math.sign(excess)];
    },
  },
  squared_epsilon_insensitive: {
    title: "Squared ε-insensitive",
    formula: "max(0, |r| − ε)²",
    setting: { name: "epsilon", symbol: "ε", min: 0, max: 3, step: 0.1, value: 1 },
    evaluate: (r, epsilon) => {
      const excess = r - clip(r, -epsilon, epsilon);
      return [excess * excess, 2 * excess];
    },
  },
  cauchy: {
    title: "Cauchy",
    formula: "(s²/2)·log(1 + (r/s)²)",
    setting: { name: "scale", symbol: "s", min: 0.1, max: 5, step: 0.1, value: 1 },
    evaluate: (r, scale) => {
      const u = Math.abs(r / scale);
      const bounded = Math.min(u, 1e9);
      const s = Math.max(u, Math.sqrt(1 + bounded ** 2));
      const logS = Math.log1p(bounded ** 2) / 2 + Math.log(Math.max(u / 1e9, 1));
      return [scale ** 2 * logS, r / s / s];
    },
  },
  tukey_biweight: {
    title: "Tukey's biweight",
    formula: "(c²/6)(1 − (1 − (r/c)²)³) up to |r| = c, then c²/6",
    setting: { name: "c", symbol: "c", min: 1, max: 8, step: 0.1, value: 4.7 },
    evaluate: (residual, c) => {
      const r = clip(residual, -c, c);
      const v = (r / c) ** 2;
      return [(c ** 2 / 6) * v * (3 - v * (3 - v)), r * (((c - r) / c) * ((c + r) / c)) ** 2];
    },
  },
  barron: {
    title: "Barron's general loss",
    formula: "(|α − 2|/α)·((r²/|α − 2| + 1)^(α/2) − 1)",
    setting: { name: "alpha", symbol: "α", min: -4, max: 2, step: 0.1, value: 0.5 },
    evaluate: (r, alpha) => {
      if (alpha === 2) return [r * (r / 2), r];
      const b = Math.abs(alpha - 2);
      const logH = Math.log1p((r * r) / b) / 2;
      const rise = Math.abs(alpha) < 1e-19 ? b * logH : (b * Math.expm1(alpha * logH)) / alpha;
      return [rise, r * Math.exp((alpha - 2) * logH)];
    },
  },
};

// The value that the loss's setting has in `settings`, {loss: value}, or else its usual one.
export function settingOf(name, settings) {
  return settings[name] ?? losses[name].setting?.value;
}

// The mean loss of predicting c for every target, its gradient, and the mean size of the pulls.
export function meanLoss(name, setting, c, targets, weights) {
  const { evaluate } = losses[name];
  let total = 0, value = 0, gradient = 0, size = 0;
  for (let i = 0; i < targets.length; i++) {
    const weight = weights ? weights[i] : 1;
    const [v, g] = evaluate(c - targets[i], setting);
    total += weight;
    value += weight * v;
    gradient += weight * g;
    size += weight * Math.abs(g);
  }
  return { value: value / total, gradient: gradient / total, size: size / total };
}

// The sign of a sum whose terms have a mean size; what rounding may have made of 0 is 0.
export function signOf(sum, size) {
  return Math.abs(sum) <= 1e-12 * size ? 0 : Math.sign(sum);
}

// Where a slope changes its sign; the middle, if it is 0 along a stretch.
export function turningPoint(left, right, slope) {
  const turn = (before) => {
    let [low, high] = [left, right];
    for (let i = 0; i < 60; i++) {
      const middle = low + (high - low) / 2;
      if (before(slope(middle))) low = middle;
      else high = middle;
    }
    return low + (high - low) / 2;
  };
  return (turn((s) => s < 0) + turn((s) => s <= 0)) / 2;
}

// The constant with the lowest mean loss, between the smallest and the largest target. A grid finds
// the valley, for not every loss is convex; bisection its floor.
export function constant(name, setting, targets, weights) {
  const at = (c) => meanLoss(name, setting, c, targets, weights);
  const low = Math.min(...targets), high = Math.max(...targets);
  if (low === high) return low;
  const grid = Array.from({ length: 257 }, (_, i) => low + (high - low) * (i / 256));
  const values = grid.map((c) => at(c).value);
  const least = Math.min(...values);
  const floor = least + 1e-12 * (Math.max(...values) - least);
  const first = values.findIndex((value) => value <= floor);
  let last = first;
  while (values[last + 1] <= floor) last++;
  return turningPoint(grid[Math.max(first - 1, 0)], grid[Math.min(last + 1, 256)], (c) => {
    const { gradient, size } = at(c);
    return signOf(gradient, size);
  });
}

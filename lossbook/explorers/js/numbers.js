// Numbers for readers, and what a number, a name or a list may be: in a field, or in an address.

export const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

// A number for readers: four digits, a real minus sign, and never NaN.
export function show(x, digits = 4) {
  if (Number.isNaN(x)) return "undefined";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  if (Math.abs(x) < 1e-300) return "0";
  let [mantissa, exponent] = x.toPrecision(digits).split("e");
  if (!exponent && Math.abs(x) < 1e-3) [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  if (mantissa.includes(".")) mantissa = mantissa.replace(/\.?0+$/, "");
  const power = exponent ? ` × 10${[...String(Number(exponent))].map((c) => SUPERSCRIPTS[c]).join("")}` : "";
  return mantissa.replace("-", "−") + power;
}

// Round numbers that divide a range into about `count` parts.
export function ticks([low, high], count = 5) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= rough * 0.99);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(k * step);
  return found;
}

// Each kind: has(value) says whether a value is one; read(text) and write(value) go to an address
// and back. What read returns may be no such value: ask has.
export const number = (low, high, { whole = false } = {}) => ({
  low, high, whole,
  has: (x) => Number.isFinite(x) && x >= low && x <= high && (!whole || Number.isInteger(x)),
  read: (text) => (text.trim() === "" ? NaN : Number(text)),
  write: String,
});

export const oneOf = (options) => ({ has: (x) => options.includes(x), read: String, write: String });

export const listOf = (each, least, most, mark = ",") => ({
  each,
  has: (x) => x.length >= least && x.length <= most && x.every(each.has),
  read: (text) => text.split(mark).map(each.read),
  write: (x) => x.map(each.write).join(mark),
});

// {key: value}, as in huber:0.5,cauchy:2
export const mapOf = (keys, each) => ({
  has: (x) => Object.entries(x).every(([key, value]) => keys.includes(key) && each.has(value)),
  read: (text) => Object.fromEntries(text.split(",").filter(Boolean).map((pair) => {
    const [key, value = ""] = pair.split(":");
    return [key, each.read(value)];
  })),
  write: (x) => Object.entries(x).map(([key, value]) => `${key}:${each.write(value)}`).join(","),
});

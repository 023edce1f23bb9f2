// Formulas in, HTML with MathML out: one JSON line for each, over standard input and output.
// grading/words.py asks with "output": "mathml" for formulas that students typed.
const katex = require(process.argv[2]);
const lines = require("node:readline").createInterface({ input: process.stdin });

lines.on("line", (line) => {
  const { tex, ...options } = JSON.parse(line);
  let answer;
  try {
    answer = { html: katex.renderToString(tex, { ...options, strict: "ignore", trust: false }) };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});

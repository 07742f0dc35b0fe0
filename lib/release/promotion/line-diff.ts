/** A unified diff of two texts, without colours, with `context` lines around every change; empty for equal texts. */
export function lineDiff(before: string, after: string, name: string, context = 3): string {
  const steps = walk(before.split("\n"), after.split("\n"));
  const shown = steps.map((_, index) =>
    steps.slice(Math.max(0, index - context), index + context + 1).some(({ sign }) => sign !== " "),
  );
  if (!shown.includes(true)) return "";
  const lines = steps.flatMap(({ sign, text }, index) => {
    if (shown[index] !== true) return [];
    const gap = index > 0 && shown[index - 1] !== true;
    return [...(gap ? ["@@"] : []), `${sign}${text}`];
  });
  return [`--- ${name}`, `+++ ${name}`, ...lines].join("\n");
}

interface Step {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** The longest common subsequence of lines; stack files are short, so its table is small. */
function walk(a: readonly string[], b: readonly string[]): readonly Step[] {
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const skip = Math.max(longest[(i + 1) * width + j] ?? 0, longest[i * width + j + 1] ?? 0);
      longest[i * width + j] = a[i] === b[j] ? (longest[(i + 1) * width + j + 1] ?? 0) + 1 : skip;
    }
  }
  const steps: Step[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      steps.push({ sign: " ", text: left });
      i += 1;
      j += 1;
    } else if (
      right === undefined ||
      (left !== undefined && (longest[(i + 1) * width + j] ?? 0) >= (longest[i * width + j + 1] ?? 0))
    ) {
      steps.push({ sign: "-", text: left ?? "" });
      i += 1;
    } else {
      steps.push({ sign: "+", text: right });
      j += 1;
    }
  }
  return steps;
}

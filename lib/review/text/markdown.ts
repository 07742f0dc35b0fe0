import { type Block, type Inline, isAddress } from "./document";
import { oneLine } from "./words";

/** A document as Markdown that GitHub and GitLab both understand. */
export function markdown(blocks: readonly Block[]): string {
  return blocks.map(block).join("\n\n");
}

function block(one: Block): string {
  switch (one.block) {
    case "heading":
      return `${"#".repeat(one.level)} ${inline(one.text)}`;
    case "paragraph":
      return inline(one.text);
    case "list":
      return one.items.map((item) => `- ${inline(item)}`).join("\n");
    case "table":
      return [
        row(one.head.map((name) => inline(name))),
        row(one.head.map(() => "---")),
        ...one.rows.map((cells) => row(cells.map((cell) => inline(cell)))),
      ].join("\n");
    case "folded":
      return `<details><summary>${summary(one.summary)}</summary>\n\n${markdown(one.content)}\n\n</details>`;
  }
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function inline(text: Inline): string {
  if (typeof text === "string") return escaped(text);
  if ("code" in text) return codeSpan(text.code);
  if ("strong" in text) return `**${inline(text.strong)}**`;
  if ("quiet" in text) return inline(text.quiet);
  if ("link" in text)
    return isAddress(text.link) ? `[${inline(text.text)}](<${text.link}>)` : inline(text.text);
  return text.map(inline).join("");
}

/** Inside of a summary no Markdown is read, on either forge: so it is written in HTML. */
function summary(text: Inline): string {
  if (typeof text === "string") return betweenEdges(text, (line) => entities(quietened(line)));
  if ("code" in text) return `<code>${entities(quietened(oneLine(text.code)))}</code>`;
  if ("strong" in text) return `<b>${summary(text.strong)}</b>`;
  if ("quiet" in text) return summary(text.quiet);
  if ("link" in text) return summary(text.text);
  return text.map(summary).join("");
}

/** Everything that could begin markup, a link, a mention or a reference becomes what it looks like. */
function escaped(text: string): string {
  return betweenEdges(text, (line) =>
    quietened(line)
      .replaceAll(/[\\`*_{}[\]<>#|~&]|^[-+]/g, (sign) => htmlSigns[sign] ?? `\\${sign}`)
      // A number at the start of a line would begin a list.
      .replace(/^(\d+)([.)])/, "$1\\$2"),
  );
}

const htmlSigns: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

/** A text on one line; of the blanks at its ends, which part it from what stands beside it, one stays. */
function betweenEdges(text: string, change: (line: string) => string): string {
  const line = oneLine(text, 500);
  if (line === "") return text === "" ? "" : " ";
  return `${/^\s/.test(text) ? " " : ""}${change(line)}${/\s$/.test(text) ? " " : ""}`;
}

/** Addresses are not made links, nobody is mentioned, no other issue hears of it: the sign is parted from its word. */
function quietened(text: string): string {
  return text
    .replaceAll(/([@#!$%~])(?=\w)/g, "$1\u200B")
    .replaceAll(/:(?=\/\/)/g, ":\u200B")
    .replaceAll(/\bwww\./gi, "www\u200B.")
    .replaceAll(/\b(GH-)(?=\d)/gi, "$1\u200B")
    .replaceAll(/\b(mailto|xmpp):/gi, "$1\u200B:");
}

/** As many backticks around it as it takes; a bar would end the table's cell even there. */
function codeSpan(text: string): string {
  const line = oneLine(text, 300);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") || line === "" ? " " : "";
  return `${fence}${pad}${line.replaceAll(/\\(?=\|)/g, "\\\u200B").replaceAll("|", "\\|")}${pad}${fence}`;
}

function entities(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(/[`*_[\]\\|~]/g, (found) => `&#${found.charCodeAt(0)};`);
}

import { counted } from "./words";

/**
 * What a page or a comment says, without how it is written down. Every string in it is text that somebody else may have
 * written: whoever renders a document escapes it, in one place each, so that no tag, title or commit message is ever markup.
 */
export type Block =
  | { readonly block: "heading"; readonly level: 2 | 3 | 4; readonly text: Inline }
  | { readonly block: "paragraph"; readonly text: Inline }
  | { readonly block: "list"; readonly items: readonly Inline[] }
  | {
      readonly block: "table";
      readonly head: readonly string[];
      readonly rows: readonly (readonly Inline[])[];
    }
  /** Shown when a reader asks for it. */
  | { readonly block: "folded"; readonly summary: Inline; readonly content: readonly Block[] };

export type Inline =
  | string
  /** A digest, a version, a path: shown letter by letter. */
  | { readonly code: string }
  | { readonly strong: Inline }
  /** Of less weight than what stands around it. */
  | { readonly quiet: Inline }
  /** Only http(s) addresses and relative paths become links; of anything else the text stays. */
  | { readonly link: string; readonly text: Inline }
  | readonly Inline[];

export function heading(level: 2 | 3 | 4, text: Inline): Block {
  return { block: "heading", level, text };
}

export function paragraph(...text: readonly Inline[]): Block {
  return { block: "paragraph", text };
}

export function list(items: readonly Inline[]): readonly Block[] {
  return items.length === 0 ? [] : [{ block: "list", items }];
}

export function table(head: readonly string[], rows: readonly (readonly Inline[])[]): readonly Block[] {
  return rows.length === 0 ? [] : [{ block: "table", head, rows }];
}

export function folded(summary: Inline, content: readonly Block[]): readonly Block[] {
  return content.length === 0 ? [] : [{ block: "folded", summary, content }];
}

export const code = (text: string): Inline => ({ code: text });
export const strong = (...text: readonly Inline[]): Inline => ({ strong: text });
export const quiet = (...text: readonly Inline[]): Inline => ({ quiet: text });

/** Texts with something between each two. */
export function joined(parts: readonly Inline[], between: Inline): Inline {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [between, part]));
}

/** The line that says how many were left out. Example: `… and 12 more gates`. */
export function leftOut(length: number, most: number, what: string): readonly string[] {
  return length > most ? [`… and ${counted(length - most, `more ${what}`)}`] : [];
}

/** Whether an address may stand behind a link: nothing that runs, nothing that a browser reads from elsewhere than it says. */
export function isAddress(address: string): boolean {
  if (/^https?:\/\/[^\s"'<>`\\]+$/i.test(address)) return true;
  return /^[\w./#-]+$/.test(address) && !address.startsWith("//");
}

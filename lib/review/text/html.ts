/** A piece of HTML that is whole and safe. The only way to make one out of text is `html`, which escapes. */
export class Html {
  private constructor(private readonly text: string) {}

  /** @internal Text that is HTML already: this program's own, such as its style sheet. */
  static own(text: string): Html {
    return new Html(text);
  }

  toString(): string {
    return this.text;
  }
}

type Part = Html | string | number | undefined | readonly Part[];

/** HTML with values in it: what is not HTML already is text, and stays text, in an element as in a quoted attribute. */
export function html(texts: TemplateStringsArray, ...values: readonly Part[]): Html {
  return Html.own(texts.map((text, index) => `${text}${written(values[index])}`).join(""));
}

function written(value: Part): string {
  if (value === undefined) return "";
  if (value instanceof Html) return value.toString();
  if (typeof value === "string" || typeof value === "number") return escaped(String(value));
  return value.map(written).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? "").replaceAll(/[^\P{Cc}\n\t]/gu, "�");
}

/**
 * Questions that are asked inside of the page. They are JavaScript as text, for the browser: this project has no types of a browser,
 * since whatever runs on Node would then be offered them too.
 */
export const inPage = {
  /** Texts whose contrast to what lies behind them is below 4.5 to 1 (WCAG 2, level AA). */
  lowContrast: `(() => {
    const parsed = (colour) => (colour.match(/[0-9.]+/g) ?? []).map(Number);
    const luminance = (colour) => {
      const [red, green, blue] = colour.slice(0, 3).map((value) => {
        const share = value / 255;
        return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const behind = (element) => {
      for (let one = element; one !== null; one = one.parentElement) {
        const colour = parsed(getComputedStyle(one).backgroundColor);
        if (colour[3] !== 0) return colour;
      }
      return [255, 255, 255];
    };
    const texts = [...document.querySelectorAll("body *")].filter((element) =>
      [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== ""));
    if (texts.length < 50) return ["hardly any text: " + texts.length];
    return texts.flatMap((element) => {
      const [a, b] = [luminance(parsed(getComputedStyle(element).color)), luminance(behind(element))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      return ratio >= 4.5 ? [] : [element.tagName + " " + ratio.toFixed(2) + ": " + element.textContent.trim().slice(0, 40)];
    });
  })()`,
  /** Landmarks, the order of headings, the language: what a screen reader moves by. */
  structure: `(() => {
    const levels = [...document.querySelectorAll("h1,h2,h3,h4")].map((one) => Number(one.tagName.slice(1)));
    const jumps = levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1);
    return {
      landmarks: [...document.body.children].map((one) => one.tagName.toLowerCase()).filter((name) => name !== "a"),
      headings: jumps.length === 0 ? "in order" : "with jumps",
      h1: levels.filter((level) => level === 1).length,
      language: document.documentElement.lang,
    };
  })()`,
  /** Regions and links without a name, pictures that are neither named nor hidden, rows that nothing names. */
  unnamed: `(() => {
    const nameless = [...document.querySelectorAll("[role=region],nav,a,summary")].filter(
      (one) => (one.getAttribute("aria-label") ?? one.textContent).trim() === "");
    const pictures = [...document.querySelectorAll("svg")].filter((one) => one.getAttribute("aria-hidden") !== "true");
    const rows = [...document.querySelectorAll("tbody tr")].filter((row) => row.querySelector("th[scope=row]") === null);
    return [...nameless, ...pictures, ...rows].map((one) => one.outerHTML.slice(0, 80));
  })()`,
  scrollsSideways: "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  /** Whether something ran, and how many elements there are that could. */
  ran: `["pwned" in window, document.querySelectorAll("img, script").length]`,
  text: "document.body.textContent",
  focused: `(() => {
    const { id, textContent } = document.activeElement;
    return { id, text: textContent.trim().slice(0, 40), left: document.activeElement.getBoundingClientRect().left,
      outline: getComputedStyle(document.activeElement).outlineStyle };
  })()`,
  links: `[...document.querySelectorAll("a")].map((link) => link.href)`,
} as const;

/** What `focused` says of the element that has the keyboard. */
export interface Focused {
  readonly id: string;
  readonly text: string;
  readonly left: number;
  readonly outline: string;
}

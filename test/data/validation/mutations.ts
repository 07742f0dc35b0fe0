import type { Random } from "../../../tools/dataset/random";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Texts in which Python's and JavaScript's patterns could disagree. */
const oddTexts = [
  "\n",
  "\r",
  "\u2028",
  "\u0660",
  "\u00a0",
  "\ufeff",
  "\u001c",
  "é",
  "𝒳",
  "_",
  " ",
  "-",
  "0",
  "Z",
];

/** Breaks a document in one place, or does something to it that a schema may not mind. */
export function mutate(document: Json, random: Random): Json {
  const made = structuredClone(document);
  const places = placesIn(made);
  const place = places[random.below(places.length)];
  if (place) change(place, random);
  return made;
}

/** Texts close to a given one. */
export function mutateText(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const odd = oddTexts[random.below(oddTexts.length)] ?? "";
  switch (random.below(5)) {
    case 0:
      return text + odd;
    case 1:
      return odd + text;
    case 2:
      return text.slice(0, at) + odd + text.slice(at);
    case 3:
      return text.slice(0, at) + text.slice(at + 1);
    default:
      return text.replace(/[0-9]/, "\u0663");
  }
}

interface Place {
  readonly holder: Json[] | { [key: string]: Json };
  readonly key: string;
}

function placesIn(value: Json): Place[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [{ holder: value, key }, ...placesIn(member)]);
}

function change({ holder, key }: Place, random: Random): void {
  const list = holder as Record<string, Json>;
  const value = list[key] ?? null;
  switch (random.below(9)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else Reflect.deleteProperty(holder, key);
      break;
    case 1:
      list[`${key}x`] = value;
      break;
    case 2:
      list[key] = null;
      break;
    case 3:
      list[key] = [value];
      break;
    case 4:
      list[key] = { value };
      break;
    case 5:
      list[key] = typeof value === "number" ? String(value) : 1.5;
      break;
    case 6:
      list[key] = value === true ? 1 : true;
      break;
    case 7:
      list[key] = typeof value === "number" ? -value * 1000 : "";
      break;
    default:
      list[key] = typeof value === "string" ? mutateText(value, random) : value;
  }
}

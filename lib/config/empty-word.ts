/** H25: what a script leaves in place of a secret that it did not find; undefined for a value that may be one. */
export function emptyWord(value: string): "empty" | "the word null" | undefined {
  const text = value.trim().toLowerCase();
  if (text === "") return "empty";
  return ["null", "undefined", "none"].includes(text) ? "the word null" : undefined;
}

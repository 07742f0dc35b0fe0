/** ASCII digits without a leading zero, as large as a number can be exactly; undefined for everything else. */
export function wholeNumber(text: string): number | undefined {
  return /^(?:0|[1-9][0-9]*)$/.test(text) ? exactNumber(text) : undefined;
}

/** The same, with leading zeros allowed: the month of `2023.06.2`. */
export function paddedNumber(text: string): number | undefined {
  return /^[0-9]+$/.test(text) ? exactNumber(text) : undefined;
}

// One below the largest, so that every number that was read has a next one.
function exactNumber(text: string): number | undefined {
  const value = Number(text);
  return text.length <= 16 && value < Number.MAX_SAFE_INTEGER ? value : undefined;
}

/** The first difference between two lists of numbers decides. */
export function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

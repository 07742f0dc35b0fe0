/** How sure a bound is: of a hundred previews, at most five are worse than they say. */
export const confidence = 0.95;

/**
 * The largest share of all documents that is in keeping with so many hits in a sample: Clopper and Pearson's exact upper
 * bound, one-sided; with no hit `1 − 0.05^(1/n)`, which the "rule of three" rounds to `3/n`. It holds for a sample drawn without
 * replacement too, which can only know more.
 * @returns a share between 0 and 1; 1 where nothing was tried.
 */
export function atMost(hits: number, tried: number): number {
  if (tried === 0 || hits >= tried) return 1;
  const alpha = 1 - confidence;
  if (hits === 0) return 1 - alpha ** (1 / tried);
  let low = hits / tried;
  let high = 1;
  // Sixty halvings are more than a double can tell apart.
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (chanceOfAtMost(hits, tried, middle) > alpha) low = middle;
    else high = middle;
  }
  return high;
}

/** P(X ≤ hits) of a binomial; summed as logarithms, as single terms are too small for a double. */
function chanceOfAtMost(hits: number, tried: number, share: number): number {
  const odds = Math.log(share) - Math.log1p(-share);
  let term = tried * Math.log1p(-share);
  let sum = Math.exp(term);
  for (let count = 0; count < hits; count++) {
    term += Math.log((tried - count) / (count + 1)) + odds;
    sum += Math.exp(term);
  }
  return sum;
}

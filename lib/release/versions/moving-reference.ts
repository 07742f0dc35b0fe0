// Names that registries and branches use for "the newest": none of them says what it stood for yesterday.
const names = new Set([
  "latest",
  "stable",
  "edge",
  "nightly",
  "next",
  "head",
  "main",
  "master",
  "trunk",
  "develop",
  "dev",
  "staging",
  "prod",
  "production",
]);

/** Whether a tag or branch is of those that are made to move (F12, N4, X1), alone or as a moving major (`v4`). */
export function isMoving(reference: string): boolean {
  return names.has(reference.toLowerCase()) || /^v[0-9]+$/.test(reference);
}

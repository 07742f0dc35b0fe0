/** Waits until both have ended, so that nothing goes on behind a failure; then answers, or throws the first one's failure. */
export async function allEnded<One, Other>(
  one: Promise<One>,
  other: Promise<Other>,
): Promise<readonly [One, Other]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

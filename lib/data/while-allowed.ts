/** How often it is asked, in milliseconds. */
const askEvery = 200;

/**
 * Waits for what lasts long and asks meanwhile whether the release may go on; when it may not, ends what lasts and throws why, as soon
 * as that is over.
 * @param mayGoOn throws when it may not.
 * @param end makes what lasts come to its end soon.
 */
export async function whileAllowed<Result>(
  mayGoOn: () => void,
  lasting: Promise<Result>,
  end: () => void | Promise<void>,
): Promise<Result> {
  let stopped: { readonly why: unknown } | undefined;
  const timer = setInterval(() => {
    if (stopped) return;
    try {
      mayGoOn();
    } catch (why) {
      stopped = { why };
      void Promise.resolve(end()).catch(() => undefined);
    }
  }, askEvery);
  const [outcome] = await Promise.allSettled([lasting]);
  clearInterval(timer);
  // `end` may have come too late, or its own failure be what `lasting` tells of: why it was stopped says more.
  if (stopped) throw stopped.why;
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}

/**
 * Does the same work for every item, several at a time, so that the server makes one answer while another is looked at.
 * @param lanes how many at a time: each may hold a few replies of the server in memory.
 * @returns the results in the items' order. The first failure ends the work; what is under way is waited for.
 */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const left = items.entries();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const [index, item] of left) {
      if (failed) return;
      results[index] = await work(item);
    }
  };
  const ended = await Promise.allSettled(
    Array.from({ length: lanes }, () =>
      lane().catch((error: unknown) => {
        failed = true;
        throw error;
      }),
    ),
  );
  const failure = ended.find((one) => one.status === "rejected");
  if (failure) throw failure.reason;
  return results;
}

import { Refusal } from "../../problem";
import type { Migration } from "./migration";
import { compareVersions } from "./versions";

/**
 * The steps that lead from the database's version to the release's, in order; none when they are the same (rule N6).
 * @throws Refusal on a gap, an unknown version or a downgrade, naming the versions that can be reached.
 */
export function chain(
  list: readonly Migration[],
  packageName: string,
  from: string,
  to: string,
): readonly Migration[] {
  const direction = compareVersions(from, to);
  if (direction === 0) return [];
  const steps = list.filter((migration) => migration.package === packageName);
  const reachable = follow(steps, from);
  const end = reachable.findIndex((migration) => compareVersions(migration.to, to) === 0);
  if (direction < 0 && end >= 0) return reachable.slice(0, end + 1);
  const legal = [from, ...reachable.map((migration) => migration.to)];
  throw new Refusal(direction > 0 ? "downgrade" : "migration list", [
    {
      where: `${packageName} ${from} to ${to}`,
      found: direction > 0 ? "an older version than the data has" : gap(steps, reachable, from, to),
      allowed: `${legal.join(", ")}${direction > 0 ? "; an older one only where the release kept its originals" : ""}`,
      mend:
        direction > 0
          ? "set the version of the last release whose originals are kept; `slipway data status` names it"
          : `add the missing step to the migration list (an empty one says so with \`kind: empty\`), or release ${legal.join(" or ")}`,
    },
  ]);
}

function follow(steps: readonly Migration[], from: string): readonly Migration[] {
  const next = steps.find((migration) => compareVersions(migration.from, from) === 0);
  return next ? [next, ...follow(steps, next.to)] : [];
}

function gap(steps: readonly Migration[], reachable: readonly Migration[], from: string, to: string): string {
  const reached = reachable.at(-1)?.to ?? from;
  if (compareVersions(reached, to) > 0) return `no step that ends at ${to}`;
  const later = steps.find((migration) => compareVersions(migration.from, reached) > 0);
  return later ? `a gap between ${reached} and ${later.from}` : `no step that begins at ${reached}`;
}

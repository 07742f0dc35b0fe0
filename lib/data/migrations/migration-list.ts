import { chain } from "./chain";
import type { Migration, SchemaVersion } from "./migration";
import { compareVersions } from "./versions";

/** A migration list as it was read: at most one step from each version, oldest first. */
export class MigrationList {
  constructor(readonly steps: readonly Migration[]) {}

  /**
   * The steps from the database's version to the release's, in order; none when they are the same (rule N6).
   * @throws Refusal on a gap, an unknown version or a downgrade, naming the versions that can be reached.
   */
  chain(packageName: string, from: string, to: string): readonly Migration[] {
    return chain(this.steps, packageName, from, to);
  }

  /** Every step at or before a version, oldest first: what a release hash covers, whatever the database's version is. */
  leadingTo(schema: SchemaVersion): readonly Migration[] {
    return this.steps.filter(
      (step) => step.package === schema.package && compareVersions(step.to, schema.version) <= 0,
    );
  }
}

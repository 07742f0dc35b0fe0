import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { loadMigrations } from "../../../lib/data/migrations";
import { packageRoot } from "../../../lib/package-root";
import { withFolder, writeStep } from "./support";
import { refusalBy } from "../../refusal";

const empty = { "migration.yaml": "kind: empty\nreason: only texts changed\n" };

function problems(action: () => unknown): string {
  return refusalBy(action).message;
}

describe("a migration list", () => {
  it("N6: chains the published steps from the database's version to the release's", () => {
    const list = loadMigrations(join(packageRoot(), "migrations"));
    const ids = list.chain("nmdc-schema", "11.23.0", "11.25.0").map(({ id, step }) => `${id} ${step.kind}`);
    assert.deepEqual(ids, [
      "nmdc-schema/11.23.0-to-11.24.0 python",
      "nmdc-schema/11.24.0-to-11.24.1 empty",
      "nmdc-schema/11.24.1-to-11.25.0 python",
    ]);
    assert.equal(list.chain("nmdc-schema", "11.23.0", "11.24.0").length, 1);
    assert.deepEqual(
      list.chain("nmdc-schema", "11.24.0", "11.24.0"),
      [],
      "the version that holds needs no step",
    );
    assert.equal(list.leadingTo({ package: "nmdc-schema", version: "11.24.1" }).length, 2);
  });

  it("N6: refuses a gap, naming the versions that can be reached", async () => {
    await withFolder(async (folder) => {
      await writeStep(folder, "1.0.0-to-1.1.0", empty);
      await writeStep(folder, "1.2.0-to-1.3.0", empty);
      const list = loadMigrations(folder);
      const message = problems(() => list.chain("nmdc-schema", "1.0.0", "1.3.0"));
      assert.match(message, /a gap between 1\.1\.0 and 1\.2\.0; allowed: 1\.0\.0, 1\.1\.0/);
      assert.match(
        problems(() => list.chain("nmdc-schema", "0.9.0", "1.1.0")),
        /a gap between 0\.9\.0 and 1\.0\.0/,
      );
      assert.match(
        problems(() => list.chain("nmdc-schema", "1.0.0", "1.0.5")),
        /no step that ends at 1\.0\.5/,
      );
      assert.match(
        problems(() => list.chain("other-schema", "1.0.0", "1.1.0")),
        /no step that begins at 1\.0\.0/,
      );
    });
  });

  it("N6: refuses a downgrade, which only retained originals allow", async () => {
    await withFolder(async (folder) => {
      await writeStep(folder, "1.0.0-to-1.1.0", empty);
      const message = problems(() => loadMigrations(folder).chain("nmdc-schema", "1.1.0", "1.0.0"));
      assert.match(message, /downgrade.*an older version than the data has.*kept its originals/s);
    });
  });

  it("24: refuses two steps from one version, a step backwards and a name that is none, all at once", async () => {
    await withFolder(async (folder) => {
      await writeStep(folder, "1.0.0-to-1.1.0", empty);
      await writeStep(folder, "1.0.0-to-1.2.0", empty);
      await writeStep(folder, "1.3.0-to-1.2.0", empty);
      await writeStep(folder, "new-things", empty);
      const message = problems(() => loadMigrations(folder));
      assert.match(message, /3 problems/);
      assert.match(message, /a second step from 1\.0\.0, besides nmdc-schema\/1\.0\.0-to-1\.1\.0/);
      assert.match(message, /a step from 1\.3\.0 to 1\.2\.0/);
      assert.match(message, /new-things: found a folder of that name/);
    });
  });

  it("N6: an empty step must say so; a folder with nothing or with both kinds is refused", async () => {
    await withFolder(async (folder) => {
      await writeStep(folder, "1.0.0-to-1.1.0", { "notes.md": "nothing" });
      await writeStep(folder, "1.1.0-to-1.2.0", { ...empty, "migration.ts": "export default {};" });
      await writeStep(folder, "1.2.0-to-1.3.0", { "migration.yaml": "kind: empty\n" });
      await writeStep(folder, "1.3.0-to-1.4.0", { "migration.yaml": "kind: python\nmodule: ../../evil\n" });
      const message = problems(() => loadMigrations(folder));
      assert.match(message, /neither migration\.ts nor migration\.yaml/);
      assert.match(message, /both migration\.ts and migration\.yaml/);
      assert.match(message, /migration\.yaml: reason: found/);
      assert.match(message, /a dotted module name/);
    });
  });

  it("N7: refuses a Python step whose package version is not pinned, naming the pinned ones", async () => {
    await withFolder(async (folder) => {
      await writeStep(folder, "11.98.0-to-11.99.0", {
        "migration.yaml": "kind: python\nmodule: nmdc_schema.x\n",
      });
      const message = problems(() => loadMigrations(folder));
      assert.match(
        message,
        /nmdc-schema 11\.99\.0: found no pin .* allowed: the pinned versions 11\.23\.0, 11\.24\.0/,
      );
      assert.match(message, /tools\/python\/pin\.py nmdc-schema 11\.99\.0/);
    });
  });

  it("22: a step's hash is the same wherever it lies, and another as soon as one byte or name of it is", async () => {
    const list = join(packageRoot(), "migrations");
    const original = loadMigrations(list).steps.map(({ hash }) => hash);
    await withFolder(async (folder) => {
      await cp(list, folder, { recursive: true });
      assert.deepEqual(
        loadMigrations(folder).steps.map(({ hash }) => hash),
        original,
      );
      await writeStep(folder, "11.24.0-to-11.24.1", { "helper.txt": "x" });
      const changed = loadMigrations(folder).steps.map(({ hash }) => hash);
      assert.deepEqual(
        changed.map((hash, at) => hash === original[at]),
        [true, false, true],
      );
    });
  });

  it("refuses a folder that is not there", () => {
    assert.match(
      problems(() => loadMigrations("no-such-folder")),
      /no-such-folder: found nothing/,
    );
  });
});

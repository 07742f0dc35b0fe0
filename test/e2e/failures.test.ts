import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeImage } from "../../tools/images/registry";
import { embeddedState } from "../embedded";
import { copiedMigrations } from "./migration-lists";
import { Nmdc, failsWith, releases, succeeds } from "./nmdc";

describe("a release of NMDC Runtime that goes wrong", function () {
  this.timeout(600_000);
  let nmdc: Nmdc;

  before(async () => {
    nmdc = await Nmdc.released("wrong");
  });

  afterEach(
    "the old data is whole and open, the old images run, and the mended stack file is accepted",
    async () => {
      await nmdc.assertFirstStands();
      nmdc.system.restore();
      nmdc.system.plan(nmdc.first);
      succeeds(await nmdc.system.stack.up());
      await nmdc.assertFirstStands();
    },
  );

  it("N12: a migrator that raises", async () => {
    nmdc.system.plan(await nmdc.images(releases.second));
    nmdc.system.set(["data", "migrations"], copiedMigrations("raises"));
    failsWith(await nmdc.system.stack.up(), /the spare part is missing/);
  });

  it("N9, N13: documents that are invalid afterwards, every one listed with collection, id, pointer and rule", async () => {
    nmdc.system.plan(await nmdc.images(releases.second));
    nmdc.system.set(["data", "migrations"], copiedMigrations("does-nothing"));
    failsWith(
      await nmdc.system.stack.up(),
      /12 invalid documents/,
      /study_set, _id .+, \/.+ made invalid/,
      /data_generation_set, _id /,
    );
  });

  it("N11: a dump that cannot be written", async () => {
    const file = join(embeddedState, "a-file-where-a-folder-should-be");
    writeFileSync(file, "");
    nmdc.system.plan(await nmdc.images(releases.second));
    nmdc.system.set(["data", "dump", "keep"], file);
    failsWith(await nmdc.system.stack.up(), /a-file-where-a-folder-should-be/, /slipway:data\.dump\.keep/);
  });

  it("N6: a schema version that no migration leads to", async () => {
    nmdc.system.plan({ ...(await nmdc.images(releases.second)), schema: "99.0.0" });
    failsWith(
      await nmdc.system.stack.up(),
      /nmdc-schema 11\.23\.0 to 99\.0\.0/,
      /allowed: 11\.23\.0, 11\.24\.0/,
    );
  });

  it("N8: an image that is gone stops the release before writes are closed", async () => {
    const second = await nmdc.images({ ...releases.second, version: "v2.19.0-gone" });
    const { dagster } = second.images;
    assert.ok(dagster);
    await removeImage(nmdc.environment.registry, dagster);
    nmdc.system.plan(second);
    failsWith(await nmdc.system.stack.up(), /dagster/, /sha256:/, /not in the registry|gone|missing/);
  });

  it("N16: a roll-out that never becomes ready", async function () {
    nmdc.system.plan(await nmdc.images({ ...releases.second, version: "v2.19.0-never-ready" }));
    nmdc.system.set(["services", "runtime-api", "readyWithin"], 20);
    failsWith(await nmdc.system.stack.up(), /runtime-api/);
  });

  it("N5: an API that answers the wrong version", async () => {
    nmdc.system.plan(await nmdc.images({ ...releases.second, version: "v2.19.0-lies" }));
    nmdc.system.set(["verification", "within"], 5);
    failsWith(
      await nmdc.system.stack.up(),
      /runtime-api \/version/,
      /"version"/,
      /allowed: "v2\.19\.0-lies"/,
    );
  });

  it("a database that cannot be reached", async () => {
    nmdc.system.plan(await nmdc.images(releases.second));
    nmdc.system.set(["data", "store", "uri"], { env: "NMDC_UNREACHABLE" });
    process.env["NMDC_UNREACHABLE"] = "mongodb://slipway:hunter2@127.0.0.1:1/?serverSelectionTimeoutMS=2000";
    failsWith(await nmdc.system.stack.up(), /127\.0\.0\.1:1/, /slipway:data\.store\.uri/, /^(?!.*hunter2)/s);
  });

  it("X4: a stack file with five mistakes, all in one message", async () => {
    nmdc.system.set(["relase"], "v2.19.0");
    nmdc.system.set(["release"], "");
    nmdc.system.set(["grade"], "prod");
    nmdc.system.set(["services", "runtime-api", "port"], "80");
    nmdc.system.set(["images", "dagster", "digest"], "sha256:abc");
    failsWith(
      await nmdc.system.stack.up(),
      /5 problems/,
      /slipway:relase/,
      /slipway:release/,
      /slipway:grade/,
      /port/,
      /digest/,
    );
  });
});

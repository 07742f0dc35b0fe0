import { strict as assert } from "node:assert";
import { once } from "node:events";
import { Nmdc, failsWith, printed, releases, succeeds } from "./nmdc";

describe("a release of NMDC Runtime that is interrupted", function () {
  this.timeout(600_000);
  let nmdc: Nmdc;

  before(async () => {
    nmdc = await Nmdc.released("interrupted");
  });

  afterEach("the old release stands, and the next up succeeds", async () => {
    await nmdc.assertFirstStands();
    nmdc.system.plan(nmdc.first);
    succeeds(await nmdc.system.stack.up());
    await nmdc.assertFirstStands();
  });

  it("N16: Ctrl-C while the roll-out is awaited takes data and images back", async function () {
    nmdc.system.plan(await nmdc.images({ ...releases.second, version: "v2.19.0-never-ready" }));
    const cli = nmdc.system.stack.start(["up", ...nmdc.system.stack.onStack(), "--yes", "--skip-preview"]);
    await printed(cli, /DataMigration nmdc-runtime updated/);
    const ended = once(cli, "close");
    cli.kill("SIGINT");
    await ended;
    assert.notEqual(cli.exitCode, 0);
  });

  it("N16: a killed CLI, mid-release: the engine notices by itself", async function () {
    nmdc.system.plan(await nmdc.images({ ...releases.second, version: "v2.19.0-never-ready" }));
    const cli = nmdc.system.stack.start(["up", ...nmdc.system.stack.onStack(), "--yes", "--skip-preview"]);
    await printed(cli, /data: swap/);
    const ended = once(cli, "close");
    cli.kill("SIGKILL");
    await ended;
    await nmdc.settled();
    succeeds(await nmdc.system.stack.unlock());
  });

  it("12: pulumi cancel lets a second up in, which the database refuses; the first is taken back as ever", async function () {
    nmdc.system.plan(await nmdc.images({ ...releases.second, version: "v2.19.0-never-ready" }));
    nmdc.system.set(["services", "runtime-api", "readyWithin"], 300);
    const cli = nmdc.system.stack.start(["up", ...nmdc.system.stack.onStack(), "--yes", "--skip-preview"]);
    const ended = once(cli, "close");
    await printed(cli, /DataMigration nmdc-runtime updated/);
    // The running CLI writes its checkpoint in place: read in that instant it is empty, and whoever asked asks again.
    let cancelled = await nmdc.system.stack.cancel();
    while (/failed to load checkpoint: EOF/.test(cancelled.output))
      cancelled = await nmdc.system.stack.cancel();
    succeeds(cancelled);
    failsWith(await nmdc.system.stack.up(), /lock: 1 problem/, /v2\.19\.0-never-ready of .+ at work/);
    // Asked once, a CLI without its lock does not end.
    cli.kill("SIGKILL");
    await ended;
    await nmdc.settled();
    nmdc.system.restore();
    succeeds(await nmdc.system.stack.unlock());
  });
});

describe("a stack of NMDC Runtime whose state goes astray", function () {
  this.timeout(600_000);
  let nmdc: Nmdc;

  before(async () => {
    nmdc = await Nmdc.released("astray");
  });

  it("X3: a lost state file: the next up finds the release in the database and changes no data", async () => {
    const before = await nmdc.data();
    await nmdc.system.stack.empty();
    succeeds(await nmdc.system.stack.up());
    assert.deepEqual(await nmdc.data(), before);
    await nmdc.assertFirstStands();
  });

  it("destroy drops no user data, and the next up brings the system back", async () => {
    const before = await nmdc.data();
    succeeds(await nmdc.system.stack.destroy());
    assert.deepEqual(await nmdc.data(), before);
    succeeds(await nmdc.system.stack.up());
    await nmdc.assertFirstStands();
  });

  it("X3: a renamed resource is made anew and the old one forgotten, and no data changes for it", async () => {
    const before = await nmdc.data();
    succeeds(await nmdc.system.stack.rename(":DataMigration", "another-name"));
    const output = succeeds(await nmdc.system.stack.up());
    assert.match(output, /DataMigration nmdc-runtime created/);
    assert.match(output, /DataMigration another-name (deleted|discarded)/);
    assert.deepEqual(await nmdc.data(), before);
    await nmdc.assertFirstStands();
  });

  it("refresh notices that the database is at another release than the state says", async () => {
    await nmdc.system.withDatabase((db) =>
      db
        .collection<{ _id: string }>("_slipway_state")
        .updateOne({ _id: "schema" }, { $set: { hash: "sha256:another" } }),
    );
    const { output } = await nmdc.system.stack.refresh();
    assert.match(output, /DataMigration nmdc-runtime .*updated/);
    succeeds(await nmdc.system.stack.up());
    await nmdc.assertFirstStands();
  });

  it("N16: a runner that is gone, engine and all: the next up goes on with the release where it was", async () => {
    const second = await nmdc.images(releases.second);
    nmdc.system.plan(second);
    const cli = nmdc.system.stack.start(["up", ...nmdc.system.stack.onStack(), "--yes", "--skip-preview"]);
    await printed(cli, /DataMigration nmdc-runtime updated/);
    await nmdc.system.stack.killRunner();
    succeeds(await nmdc.system.stack.unlock());
    succeeds(await nmdc.system.stack.up());
    assert.equal((await nmdc.data()).schema, releases.second.schema);
    await nmdc.assertRuns(second);
    const { id } = await nmdc.record();
    const said = await nmdc.system.withDatabase((db) =>
      db.collection("_slipway_journal").find({ record: id }).toArray(),
    );
    const count = (kind: string, step = ""): number =>
      said.filter((entry) => entry["kind"] === kind && entry["step"] === step).length;
    assert.deepEqual([count("opened"), count("done", "swap"), count("taken-over")], [1, 1, 1]);
  });
});

describe("the way back of NMDC Runtime", function () {
  this.timeout(600_000);
  let nmdc: Nmdc;

  before(async () => {
    nmdc = await Nmdc.released("back");
    nmdc.system.plan(await nmdc.images(releases.second));
    succeeds(await nmdc.system.stack.up());
    assert.equal((await nmdc.data()).schema, releases.second.schema);
  });

  it("N18: the previous version in the stack file brings back the old data and the old images", async () => {
    nmdc.system.plan(nmdc.first);
    succeeds(await nmdc.system.stack.up());
    await nmdc.assertFirstStands();
    assert.deepEqual((await nmdc.record()).schema, {
      package: "nmdc-schema",
      from: "11.24.0",
      to: "11.23.0",
    });
  });

  it("N18: refused when users have written since, with the count; taken when the config names the loss", async () => {
    nmdc.system.plan(await nmdc.images(releases.second));
    succeeds(await nmdc.system.stack.up());
    await nmdc.system.asUser((db) =>
      db.collection("instrument_set").updateOne({}, { $set: { name: "renamed by a user" } }),
    );
    await nmdc.system.asUser((db) =>
      db.collection("study_set").updateOne({}, { $set: { name: "renamed by a user" } }),
    );
    nmdc.system.plan(nmdc.first);
    const refused = await nmdc.system.stack.up();
    assert.notEqual(refused.code, 0, refused.output);
    assert.match(refused.output, /study_set/);
    assert.match(refused.output, /acceptLossSince/);
    nmdc.system.set(["data", "acceptLossSince"], releases.second.version);
    succeeds(await nmdc.system.stack.up());
    await nmdc.assertFirstStands();
  });
});

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { MigrationList } from "../../lib/data/migrations";
import { packageRoot } from "../../lib/package-root";
import { EngineRun, fill, type MongoRelease, releaseAndConfirm, specFor } from "../data/engine-run";
import { ChildEngine, compiledEntry } from "../data/kill/child-engine";
import { mayWrite } from "../data/kill/mongo-store";
import { data } from "../data/plain-data";
import { plainProcessor } from "../data/plain-processor";
import { serverOfSuite } from "../data/server";
import { scratch } from "../scratch";
import { type Ran, runSlipway } from "./program";

const [from, to] = ["11.23.0", "11.24.0"];
const plain = plainProcessor((collection, document) =>
  collection === "samples" ? document : { ...document, version: 2 },
);
const processor: typeof plain = {
  ...plain,
  migrations: () =>
    Promise.resolve(
      new MigrationList([
        {
          id: "plain",
          package: "nmdc-schema",
          from,
          to,
          hash: "sha256:1",
          folder: "/nowhere",
          step: { kind: "empty", reason: "plain" },
        },
      ]),
    ),
};

/** The way out of a bad night, driven as its people do: a process, a stack file, and the database. */
describe("slipway data", () => {
  const server = serverOfSuite();

  /** A folder with a stack file for a database that stands at the first version. */
  async function stack(database: string): Promise<{
    readonly first: MongoRelease;
    readonly next: MongoRelease;
    readonly run: (...args: readonly string[]) => Promise<Ran>;
  }> {
    const folder = scratch("stack");
    const file = parse(readFileSync(join(packageRoot(), "Pulumi.dev.yaml"), "utf8")) as {
      readonly config: Record<string, unknown>;
    };
    const store = { kind: "mongodb", uri: { env: "TEST_URI" }, canary: { env: "TEST_CANARY" }, database };
    const schema = { package: "nmdc-schema", version: from };
    file.config["slipway:data"] = { store, schema, migrations: join(packageRoot(), "migrations") };
    // A system without workloads: this is about its database.
    file.config["slipway:services"] = {};
    delete file.config["slipway:verification"];
    writeFileSync(join(folder, "Pulumi.dev.yaml"), stringify(file));
    await fill(server.uri, database, data);
    const first = specFor(server, database, { environment: "dev", schema });
    await releaseAndConfirm(first, processor);
    const next = { ...first, release: "v2.0.0", hash: "sha256:2", schema: { ...schema, version: to } };
    const env = { TEST_URI: server.uri, TEST_CANARY: server.writerUri, SLIPWAY_OPERATOR: "ben" };
    return { first, next, run: (...args) => runSlipway(folder, ["data", ...args], env) };
  }

  /** A status without what differs from run to run. */
  const shown = ({ out }: Ran): readonly string[] =>
    out
      .trimEnd()
      .split("\n")
      .map((line) => line.trimEnd());

  it("status: what holds, on one screen, before and after a release", async () => {
    const { run } = await stack("quiet");
    const found = await run("status", "dev");
    assert.equal(found.code, 0, found.error);
    assert.deepEqual(shown(found), [
      "schema   11.23.0",
      "release  sha256:1",
      "writes   open",
      "open     nothing",
      "last     dev-v1.0.0-1: released by ana; schema 11.23.0; 0 of 9 documents changed",
      "next     pulumi up",
    ]);
    const json = JSON.parse((await run("status", "dev", "--json")).out) as { readonly writes: string };
    assert.equal(json.writes, "open");
  });

  it("status, abort: a release under way; its owner takes it back", async () => {
    const { next, run } = await stack("under-way");
    const release = new EngineRun({ do: "release", spec: next }, processor);
    await release.inPlace();
    const during = await run("status", "dev");
    assert.deepEqual(shown(during).slice(2), [
      "writes   closed",
      "open     dev-v2.0.0-2 (v2.0.0) at roll-out, its owner at work",
      "next     nothing to do",
    ]);
    const abort = await run("abort", "dev");
    assert.equal(abort.code, 0, abort.error);
    assert.equal(await release.ended, false);
    assert.match(abort.out, /writes {3}open\nopen {5}nothing\nlast {5}dev-v2\.0\.0-2: rolled-back by ana/);
    assert.match(release.last("closed").record.reason ?? "", /aborted by ben/);
    assert.equal(await mayWrite(server, "under-way"), true);
  });

  it("status, resume: a release whose owner was killed is taken back from here", async () => {
    const { first, run } = await stack("killed");
    // New images only, so that the release needs no migration of its own.
    const next = { ...first, release: "v1.1.0", hash: "sha256:1.1" };
    const child = new ChildEngine(compiledEntry(), { do: "release", spec: next });
    assert.equal(await child.heard("in-place"), true);
    child.signal("SIGKILL");
    await child.ended;
    assert.deepEqual(shown(await run("status", "dev")).slice(3), [
      "open     dev-v1.1.0-2 (v1.1.0) at roll-out, its owner dead or silent",
      "next     slipway data resume dev",
    ]);
    const resume = await run("resume", "dev");
    assert.equal(resume.code, 0, resume.error);
    assert.match(resume.error, /its owner died; resumed by ben/);
    assert.match(resume.out, /open {5}nothing\nlast {5}dev-v1\.1\.0-2: rolled-back/);
    assert.equal(await mayWrite(server, "killed"), true);
  });

  it("verify, rollback, clean: after a release that stands", async () => {
    const { next, run } = await stack("stands");
    const release = await releaseAndConfirm(next, processor);
    const proof = join(next.dump.keep, release.last("closed").record.id, "proof.json");
    const offline = await run("verify", proof);
    assert.equal(offline.code, 0, offline.error);
    assert.match(offline.out, /the dump is whole/);
    const online = await run("verify", proof, "--online", "dev");
    assert.equal(online.code, 0, online.error);
    const clean = await run("clean", "dev");
    assert.equal(clean.code, 0, clean.error);
    assert.match(clean.out, /schema {3}11\.24\.0/);

    const back = await run("rollback", "dev");
    assert.equal(back.code, 0, back.error);
    assert.match(back.out, /schema {3}11\.23\.0\nrelease {2}sha256:1\nwrites {3}open/);
    const differs = await run("verify", proof, "--online", "dev");
    assert.equal(differs.code, 1);
    assert.match(differs.error, /stands\.studies: found content hash/);
    writeFileSync(proof, readFileSync(proof, "utf8").replace("sha256:2", "sha256:3"));
    const edited = await run("verify", proof);
    assert.equal(edited.code, 1);
    assert.match(edited.error, /the file was changed/);
    const nothing = await run("rollback", "dev");
    assert.equal(nothing.code, 1);
    assert.match(nothing.error, /no release to go back behind/);
  });

  it("says what is wrong with an environment that is none, without touching anything", async () => {
    const { run } = await stack("none");
    const found = await run("resume", "prod");
    assert.equal(found.code, 1);
    assert.match(found.error, /Pulumi\.prod\.yaml: found no such file/);
  });
});

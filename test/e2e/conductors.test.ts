import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";
import { BSON } from "mongodb";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import type { ReleaseRecordData } from "../../lib/data/protocol";
import { packageRoot } from "../../lib/package-root";
import { findOnPath } from "../../tools/toolchain/on-machine";
import { imagesOf, nmdcDocuments } from "../../tools/job/main-job";
import { System } from "../../tools/job/system";
import { embedded, embeddedState } from "../embedded";
import { scratch } from "../scratch";
import { releases, succeeds } from "./nmdc";

/** Runs `up` of a stack. */
type Conductor = (system: System) => Promise<void>;

/** What one conductor made of a first release and of one that migrates data. */
interface Made {
  readonly hash: unknown;
  readonly record: ReleaseRecordData;
}

describe("one release, whoever runs it", function () {
  this.timeout(600_000);
  let environment: EmbeddedEnvironment;
  // The same documents for each, down to their ids: the record has their hashes.
  const documents = Object.fromEntries(
    Object.entries(nmdcDocuments(packageRoot())).map(([collection, members]) => [
      collection,
      members.map((member) => ({ _id: new BSON.ObjectId(), ...member })),
    ]),
  );
  let byCommandLine: Made;
  let byAutomation: Made;

  async function released(up: Conductor): Promise<Made> {
    const system = await System.create(environment, packageRoot(), embeddedState, "conductors");
    await system.seed(documents);
    for (const release of [releases.first, releases.second]) {
      system.plan(await imagesOf(environment, release));
      await up(system);
    }
    const stack = (await system.stack.resources()).find(({ type }) => type === "pulumi:pulumi:Stack");
    return { hash: stack?.outputs["hash"], record: await system.record() };
  }

  before("both have run", async () => {
    environment = await embedded();
    byCommandLine = await released(async ({ stack }) => {
      succeeds(await stack.up());
    });
    const command = await commandOf(environment);
    byAutomation = await released(async ({ stack }) => {
      const workspace = { workDir: stack.project, stackName: stack.name };
      const envVars = definedOf(stack.variables());
      const found = await LocalWorkspace.selectStack(workspace, { envVars, pulumiCommand: command });
      const { summary } = await found.up({ color: "never" });
      assert.equal(summary.result, "succeeded");
    });
  });

  it("has one hash: the CLI's and the Automation API's are the same", () => {
    assert.match(String(byCommandLine.hash), /^sha256:[0-9a-f]{64}$/);
    assert.equal(byAutomation.hash, byCommandLine.hash);
    assert.equal(byAutomation.record.hash, byCommandLine.hash);
  });

  it("N17: has one record, but for its name and the clock", () => {
    assert.equal(byAutomation.record.outcome, "released");
    assert.deepEqual(withoutClock(byAutomation.record), withoutClock(byCommandLine.record));
    const changed = byAutomation.record.collections.reduce((sum, one) => sum + one.changed, 0);
    assert.equal(changed, 12, "it is a release that changes data");
  });
});

/** All that a release is; what is left out differs between any two runs. */
function withoutClock(record: ReleaseRecordData): object {
  const { id, openedAt, closedAt, durations, closedFor, ...same } = record;
  assert.ok([id, openedAt, closedAt, closedFor].every((value) => value !== undefined));
  return { ...same, stages: Object.keys(durations).sort() };
}

/** The Automation API takes a CLI from a folder's `bin`. */
async function commandOf({ path }: EmbeddedEnvironment): Promise<PulumiCommand> {
  const root = scratch("pulumi-command");
  mkdirSync(join(root, "bin"));
  symlinkSync((await findOnPath("pulumi", path.join(":"))) ?? "", join(root, "bin", "pulumi"));
  return PulumiCommand.get({ root });
}

function definedOf(variables: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

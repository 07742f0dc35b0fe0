import type { Command } from "commander";
import { processor } from "../lib/data/conductor/processor";
import { Signs } from "../lib/data/conductor/signs";
import { runEngine } from "../lib/data/engine";
import type { DumpStorage } from "../lib/data/dump/storage";
import { defaultLease } from "../lib/data/journal/lock";
import type { DataStatus, EngineEvent, EngineRequest } from "../lib/data/protocol";
import { Secrets } from "../lib/data/secrets";
import { openStore } from "../lib/data/open-store";
import { verifyOffline, verifyOnline } from "../lib/data/verify/verify-proof";
import { Refusal } from "../lib/problem";
import { describePlan } from "../lib/review/data-plan";
import { recordInOneLine } from "../lib/review/record";
import { Progress } from "../lib/review/terminal/progress";
import { specOf } from "./data-spec";
import { proofStorage } from "./proof-storage";
import { sentence } from "./sentence";

/** `slipway data …`: the engine without Pulumi, for a bad night. */
export function registerData(program: Command): void {
  const data = program
    .command("data")
    .description("the database of a stack: what holds, and the way out of a bad night");
  const commands = [
    ["status", "what holds, what is open, and which command comes next; changes nothing"],
    ["plan", "what the release would do to the data as it is; changes nothing"],
    ["resume", "finish or undo what a dead release left, by the database's journal alone"],
    ["abort", "take back the release that is under way or left behind"],
    ["rollback", "go back behind the last release: its originals by renames, its old images"],
    ["clean", "drop originals that no way back needs any more, and dumps that the config no longer keeps"],
  ] as const;
  for (const [name, description] of commands) {
    const command = data
      .command(`${name} <environment>`)
      .description(description)
      .option("--json", "print the plan, or what holds afterwards, as JSON")
      .addHelpText("after", `\nExample: slipway data ${name} dev`)
      .action(async (environment: string, { json, withoutCluster }: DataOptions) => {
        const spec = specOf(environment);
        const { cluster, ...dataOnly } = spec;
        await run({ do: name, spec: withoutCluster === true && cluster ? dataOnly : spec }, json === true);
      });
    if (["resume", "abort", "rollback"].includes(name))
      command.option(
        "--without-cluster",
        "the data alone, where the cluster is gone: says which images to set by hand",
      );
  }
  data
    .command("verify <proof>")
    .description(
      "check a release's proof file: offline against the dump beside it, or online against the database",
    )
    .option("--online <environment>", "compare with the database of this stack")
    .option(
      "--bucket-of <environment>",
      "the proof lies in the bucket of this stack: s3://<bucket>/…/proof.json",
    )
    .option("--json", "print what was compared as JSON")
    .addHelpText("after", "\nExample: slipway data verify dumps/dev-v2.19.0-2/proof.json --online dev")
    .action(verify);
}

interface DataOptions {
  readonly json?: boolean;
  readonly withoutCluster?: boolean;
}

async function run(request: EngineRequest, json: boolean): Promise<void> {
  const progress = new Progress();
  const done = await runEngine(request, {
    emit: (event) => {
      const line = event.event === "progress" ? progress.line(event, performance.now()) : undefined;
      if (line !== undefined) console.error(line);
      print(event, json);
    },
    signs: new Signs(undefined),
    processor,
    options: { lease: defaultLease, boundary: () => undefined },
  });
  if (!done) process.exitCode = 1;
}

function print(event: EngineEvent, json: boolean): void {
  if (event.event === "status")
    console.log(json ? JSON.stringify(event.status) : statusInWords(event.status));
  else if (event.event === "plan")
    console.log(json ? JSON.stringify(event.plan) : describePlan(event.plan).join("\n"));
  else if (event.event === "failed") console.error(event.says);
  else {
    const text = sentence(event);
    if (text !== undefined) console.error(text);
  }
}

/** What holds, on one screen. */
export function statusInWords({ schema, hash, writes, open, last, next }: DataStatus): string {
  return [
    `schema   ${schema ?? "none: no release yet"}`,
    `release  ${hash ?? "none"}`,
    `writes   ${writes}`,
    open
      ? `open     ${open.id} (${open.release}) at ${open.stage}, its owner ${open.ownerAlive ? "at work" : "dead or silent"}${open.guarded === true ? ", a guardian on watch" : ""}`
      : "open     nothing",
    ...(last ? [`last     ${recordInOneLine(last)}`] : []),
    `next     ${next ?? "nothing to do"}`,
  ].join("\n");
}

interface VerifyOptions {
  readonly online?: string;
  readonly bucketOf?: string;
  readonly json?: boolean;
}

async function verify(path: string, { online, bucketOf, json }: VerifyOptions): Promise<void> {
  const storage = proofStorage(path, bucketOf ?? online);
  const problems =
    online === undefined ? await verifyOffline(path, storage) : await verifyWith(online, path, storage);
  if (problems.length > 0) throw new Refusal(path, problems);
  const against = online === undefined ? "dump" : "database";
  const words =
    against === "dump"
      ? "the dump is whole, and what the release began with"
      : "the database holds what the release put there";
  console.log(json === true ? JSON.stringify({ proof: path, against, holds: true }) : `${path}: ${words}`);
}

async function verifyWith(
  environment: string,
  path: string,
  storage: DumpStorage,
): ReturnType<typeof verifyOnline> {
  const store = await openStore(specOf(environment).store, new Secrets());
  try {
    return await verifyOnline(path, store, storage);
  } finally {
    await store.close();
  }
}

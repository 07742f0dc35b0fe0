import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { StackFile } from "../lib/config/stack-file";
import { OciRegistry } from "../lib/evidence/oci-registry";
import type { Registry } from "../lib/evidence/registry";
import { type Problem, Refusal } from "../lib/problem";
import { atomically } from "../lib/release/promotion/atomic-file";
import { ImageReference } from "../lib/release/references/image-reference";

/** One pin that was written. */
export interface Pinned {
  readonly image: string;
  readonly from: string | undefined;
  readonly to: string;
}

/**
 * Asks the registry what each tag stands for and writes the digests into the stack file (rule X1); comments and order stay.
 * @throws Refusal with every image that could not be resolved; the file is then as it was.
 */
export async function pin(path: string, registry: Registry): Promise<readonly Pinned[]> {
  const file = StackFile.parse(await readFile(path, "utf8"), path);
  const images = (file.config()["images"] ?? {}) as Record<
    string,
    { repository: string; tag: string; digest?: string; build?: object }
  >;
  const pinned: Pinned[] = [];
  const problems: Problem[] = [];
  for (const [image, { repository, tag, digest, build }] of Object.entries(images)) {
    if (build !== undefined) continue;
    const finding = await registry.digestOf(
      ImageReference.of({ repository, tag }, `slipway:images.${image}`),
    );
    if (finding.finding !== "found") {
      problems.push(finding.problem);
      continue;
    }
    const to = finding.value.toString();
    if (to === digest) continue;
    file.set(["images", image, "digest"], to);
    pinned.push({ image, from: digest, to });
  }
  if (problems.length > 0) throw new Refusal(path, problems);
  if (pinned.length > 0) await atomically(path, file.toString());
  return pinned;
}

/** `slipway pin <environment>`. */
export function registerPin(program: Command): void {
  program
    .command("pin <environment>")
    .description("ask the registry for the digest of every tag, and write it into the stack file")
    .option("--json", "print what was written as JSON")
    .addHelpText("after", "\nExample: slipway pin prod")
    .action(async (environment: string, { json }: { json?: boolean }) => {
      const path = `Pulumi.${environment}.yaml`;
      const pinned = await pin(path, new OciRegistry());
      if (json) console.log(JSON.stringify(pinned));
      else if (pinned.length === 0) console.log(`${path}: every digest is what its tag stands for`);
      else
        for (const { image, from, to } of pinned)
          console.log(`${path}: ${image}: ${from ?? "no digest"} → ${to}`);
    });
}

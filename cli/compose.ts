import type { Command } from "commander";
import { readFile } from "node:fs/promises";
import type { StackConfig } from "../lib/config/stack-config";
import { StackFile } from "../lib/config/stack-file";
import type { Finding } from "../lib/evidence/finding";
import { ImageAssembly } from "../lib/evidence/image-assembly";
import { Refusal } from "../lib/problem";
import { composeImage } from "../lib/release/composition/composed-image";
import { variablesOf } from "../lib/release/composition/variables";
import { atomically } from "../lib/release/promotion/atomic-file";
import { ImageReference } from "../lib/release/references/image-reference";
import { parseGatedStack } from "./gated-stack";

/** One image that was composed and pinned. */
export interface Composed {
  readonly image: string;
  readonly reference: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Puts together every image of a stack file that is composed of others, pushes it and pins its digest (rules F1, F10). Doing it again
 * does nothing: the same parts give the same image.
 * @throws Refusal where a part is not in its registry, or the tag stands for something else; the stack file is then as it was.
 */
export async function compose(
  path: string,
  assembly: ImageAssembly = new ImageAssembly(),
): Promise<readonly Composed[]> {
  const text = await readFile(path, "utf8");
  const { images } = parseGatedStack(text, path);
  const file = StackFile.parse(text, path);
  const done: Composed[] = [];
  for (const [name, { repository, tag, composed }] of Object.entries(images)) {
    if (composed === undefined) continue;
    const target = ImageReference.of({ repository, tag }, `slipway:images.${name}`);
    const sources = composed.from.map((part) => referenceOf(images, part));
    const parts = [];
    for (const source of sources) parts.push(known(path, await assembly.read(source)));
    const [base, ...others] = parts;
    if (base === undefined) continue;
    const environment = variablesOf(composed.environment, images);
    const image = composeImage([base, ...others], environment);
    known(path, await assembly.push(target, sources, image));
    file.set(["images", name, "digest"], image.digest);
    done.push({ image: name, reference: `${target.toString()}@${image.digest}`, environment });
  }
  const after = file.toString();
  if (after !== text) await atomically(path, after);
  return done;
}

function referenceOf(images: StackConfig["images"], name: string): ImageReference {
  const { repository = "", tag = "", digest } = images[name] ?? {};
  return ImageReference.of(
    { repository, tag, ...(digest !== undefined && { digest }) },
    `slipway:images.${name}`,
  );
}

function known<T>(path: string, finding: Finding<T>): T {
  if (finding.finding === "found") return finding.value;
  throw new Refusal(path, [finding.problem]);
}

/** `slipway compose <environment>`. */
export function registerCompose(program: Command): void {
  program
    .command("compose <environment>")
    .description("put together the images that are composed of others, push them, and pin their digests")
    .option("--json", "print what was composed as JSON")
    .addHelpText("after", "\nExample: slipway compose production")
    .action(async (environment: string, { json }: { json?: boolean }) => {
      const composed = await compose(`Pulumi.${environment}.yaml`);
      if (json === true) {
        console.log(JSON.stringify(composed));
        return;
      }
      if (composed.length === 0) console.log("no image of this stack is composed of others");
      for (const { image, reference, environment: variables } of composed) {
        console.log(`${image}: ${reference}`);
        for (const [name, value] of Object.entries(variables)) console.log(`  ${name}=${value}`);
      }
    });
}

import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { imageSchema } from "../lib/config/images";
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

/** What a build has made: one image's tag, and the commit that it was built from. */
export interface Built {
  readonly image: string;
  readonly tag: string;
  readonly commit: string;
}

/**
 * Asks the registry what each tag stands for and writes the digests into the stack file (rule X1); comments and order stay.
 * @param built takes this image's new tag and commit over, and leaves the other images alone.
 * @throws Refusal with every image that could not be resolved; the file is then as it was.
 */
export async function pin(path: string, registry: Registry, built?: Built): Promise<readonly Pinned[]> {
  const before = await readFile(path, "utf8");
  const file = StackFile.parse(before, path);
  const images = (file.config()["images"] ?? {}) as Record<
    string,
    { repository: string; tag: string; digest?: string; build?: object; composed?: object }
  >;
  if (built !== undefined && !Object.hasOwn(images, built.image)) {
    throw new Refusal(path, [
      {
        where: "--image",
        found: JSON.stringify(built.image),
        allowed: `one of slipway:images (${Object.keys(images).join(", ")})`,
        mend: `name one of these, or add it to ${path}`,
      },
    ]);
  }
  const pinned: Pinned[] = [];
  const problems: Problem[] = [];
  for (const [image, { repository, tag: known, digest, build, composed }] of Object.entries(images)) {
    // What the stack makes itself has its digest from there.
    const isMade = build !== undefined || composed !== undefined;
    if (isMade || (built !== undefined && built.image !== image)) continue;
    const tag = built?.tag ?? known;
    const finding = await registry.digestOf(
      ImageReference.of({ repository, tag }, `slipway:images.${image}`),
    );
    if (finding.finding !== "found") {
      problems.push(finding.problem);
      continue;
    }
    const to = finding.value.toString();
    if (built !== undefined) {
      file.set(["images", image, "tag"], built.tag);
      file.set(["images", image, "commit"], built.commit);
    }
    if (to === digest) continue;
    file.set(["images", image, "digest"], to);
    pinned.push({ image, from: digest, to });
  }
  if (problems.length > 0) throw new Refusal(path, problems);
  const after = file.toString();
  if (after !== before) await atomically(path, after);
  return pinned;
}

interface Options extends Partial<Built> {
  readonly json?: boolean;
}

/** @throws Refusal when only a part of it is told: a tag whose commit nobody knows proves nothing. */
function builtOf({ image, tag, commit }: Options): Built | undefined {
  if (image !== undefined && tag !== undefined && commit !== undefined) {
    if (imageSchema.shape.commit.safeParse(commit).success) return { image, tag, commit };
    const allowed = "a git commit id of 7 to 40 hexadecimal digits";
    const found = JSON.stringify(commit.slice(0, 60));
    throw new Refusal("slipway pin", [{ where: "--commit", found, allowed, mend: "git rev-parse HEAD" }]);
  }
  const missing = Object.entries({ image, tag, commit }).flatMap(([name, value]) =>
    value === undefined ? [`--${name}`] : [],
  );
  if (missing.length === 3) return undefined;
  throw new Refusal("slipway pin", [
    {
      where: missing.join(", "),
      found: "nothing",
      allowed: "--image, --tag and --commit together, or none of them",
      mend: "tell all three: what was built, and from which commit",
    },
  ]);
}

/** `slipway pin <environment>`. */
export function registerPin(program: Command): void {
  program
    .command("pin <environment>")
    .description("ask the registry for the digest of every tag, and write it into the stack file")
    .option("--image <name>", "only this image, of which a build tells its new tag and commit")
    .option("--tag <tag>", "the tag that the build gave it")
    .option("--commit <commit>", "the commit that it was built from")
    .option("--json", "print what was written as JSON")
    .addHelpText("after", "\nExample: slipway pin prod")
    .action(async (environment: string, options: Options) => {
      const path = `Pulumi.${environment}.yaml`;
      const pinned = await pin(path, new OciRegistry(), builtOf(options));
      if (options.json === true) console.log(JSON.stringify(pinned));
      else if (pinned.length === 0) console.log(`${path}: every digest is what its tag stands for`);
      else
        for (const { image, from, to } of pinned)
          console.log(`${path}: ${image}: ${from ?? "no digest"} → ${to}`);
    });
}

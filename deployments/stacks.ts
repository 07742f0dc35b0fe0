import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { StackFile } from "../lib/config/stack-file";
import type { Grade } from "../lib/release/versions/environment-fit";

/** A stack that is to be released by pushes. */
export interface DeployedStack {
  readonly environment: string;
  readonly grade: Grade;
}

/**
 * The stacks of a release repository, by its stack files; those on an embedded environment are not among them, since nobody else
 * reaches their servers.
 * @throws Refusal when a stack file is no YAML, or has no config.
 */
export function stacksOf(folder: string): {
  readonly project: string;
  readonly stacks: readonly DeployedStack[];
} {
  const { name } = parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as { name: string };
  const files = readdirSync(folder)
    .filter((file) => /^Pulumi\.[^.]+\.yaml$/.test(file))
    .sort();
  const stacks = files.flatMap((file) => {
    const config = StackFile.parse(readFileSync(join(folder, file), "utf8"), file).config() as {
      readonly environment: string;
      readonly grade: Grade;
      readonly cluster?: { readonly kind?: string };
    };
    const { environment, grade, cluster } = config;
    return cluster?.kind === "embedded" ? [] : [{ environment, grade }];
  });
  return { project: name, stacks };
}

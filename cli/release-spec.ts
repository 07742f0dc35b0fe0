import { resolve } from "node:path";
import type { ReleaseInputs } from "../lib/config/release-inputs";
import { withPaths, withSecrets } from "../lib/config/resolved-release";
import type { ReleaseSpec } from "../lib/data/protocol";
import { operator } from "./operator";

/** What is known of a release before the engine is told of it. */
export interface KnownRelease {
  readonly release: ReleaseInputs;
  /** Values of the secrets that it names, by config key. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The engine's spec: the release, whoever runs it, and absolute paths of this machine. */
export function releaseSpec({ release, secrets }: KnownRelease): ReleaseSpec {
  const here = process.cwd();
  const known = withPaths(withSecrets(release, secrets), (path) => resolve(here, path));
  return { ...known, operator: operator(process.env) };
}

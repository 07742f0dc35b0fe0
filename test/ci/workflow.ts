import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { packageRoot } from "../../lib/package-root";

export interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface WorkflowJob {
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string | { readonly name: string };
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly with?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
}

/** A GitHub Actions workflow of this repository. */
export interface Workflow {
  /** Example: `prod.yml`. */
  readonly file: string;
  readonly text: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: WorkflowJob["concurrency"];
  readonly jobs: Readonly<Record<string, WorkflowJob>>;
}

export const workflowsFolder = join(packageRoot(), ".github", "workflows");

/** Every workflow, by file name. */
export function workflows(): readonly Workflow[] {
  return readdirSync(workflowsFolder)
    .sort()
    .map((file) => {
      const text = readFileSync(join(workflowsFolder, file), "utf8");
      return { ...(parse(text) as Omit<Workflow, "file" | "text">), file, text };
    });
}

/** @throws where there is none of that name. */
export function workflow(file: string): Workflow {
  const found = workflows().find((one) => one.file === file);
  if (found === undefined) throw new Error(`no workflow ${file}`);
  return found;
}

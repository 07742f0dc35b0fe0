import { createRequire } from "node:module";
import { join } from "node:path";
import type { DataAnswer } from "../cli/forwarder";
import type { ReleaseInputs } from "../lib/config/release-inputs";
import type { StackConfig } from "../lib/config/stack-config";

/** What the program asks of its compiled half (`cli/forwarder.ts`), which Pulumi's serialized text must not contain. */
export interface Compiled {
  /** What a release would do to the data, as lines; none where it would do nothing. */
  planInWords(release: {
    readonly release: ReleaseInputs;
    readonly secrets: Readonly<Record<string, string>>;
  }): Promise<readonly string[]>;
  /** What the database says, before there is a graph. */
  askData(config: StackConfig, secrets: Readonly<Record<string, string>>): Promise<DataAnswer>;
  /** What a release would tell users whose services it puts under maintenance, as lines. */
  maintenanceInWords(props: object): Promise<readonly string[]>;
  /** The gates of a stack, judged now: the page to read, and what stops the release. */
  judgeRelease(
    project: string,
    config: StackConfig,
  ): Promise<{ readonly page: string; readonly refusal: string | undefined }>;
}

/** The compiled half, found from the project's folder as the dynamic provider finds it. */
export function compiled(): Compiled {
  return createRequire(join(process.cwd(), "index.ts"))("slipway/forwarder") as Compiled;
}

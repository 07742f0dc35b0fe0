import type { Command } from "commander";
import { DateTime } from "luxon";
import { Refusal } from "../lib/problem";
import { cutRelease } from "../lib/release/notes/changelog";
import { atomically } from "../lib/release/promotion/atomic-file";
import { lineDiff } from "../lib/release/promotion/line-diff";
import { loadStack } from "./gated-stack";
import { givenFile } from "./given-file";

interface ChangelogOptions {
  readonly environment: string;
  readonly file: string;
  readonly address?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `slipway changelog <source>`. */
export function registerNotes(program: Command): void {
  program
    .command("changelog <source>")
    .description("cut what is unreleased in a changelog to the released tag, with its compare link")
    .option("-e, --environment <name>", "the stack that releases it", "prod")
    .option("-f, --file <path>", "the changelog", "CHANGELOG.md")
    .option("--address <url>", "the repository's address; without it the forge's project on github.com")
    .option("--dry-run", "print the change and write nothing")
    .option("--json", "print the change as JSON")
    .addHelpText("after", "\nExample: slipway changelog atmosphere --file ../atmosphere/CHANGELOG.md")
    .action(async (name: string, { environment, file, address, dryRun, json }: ChangelogOptions) => {
      const { config, policy, file: stack } = await loadStack(process.cwd(), environment);
      const source = policy.sources.find((one) => one.name === name);
      const project = config.sources[name]?.forge?.project;
      if (source === undefined || (address ?? project) === undefined) {
        const allowed = `a source with a forge (${policy.sources.map((one) => one.name).join(", ")})`;
        throw new Refusal(stack, [
          {
            where: `slipway:sources.${name}`,
            found: "no source or no forge",
            allowed,
            mend: `edit ${stack}, or give --address`,
          },
        ]);
      }
      const text = await givenFile(file, "--file");
      const cut = cutRelease(
        text,
        source.tag,
        DateTime.utc().toFormat("yyyy-MM-dd"),
        address ?? `https://github.com/${project ?? ""}`,
        file,
      );
      if (dryRun !== true) await atomically(file, cut);
      const diff = lineDiff(text, cut, file);
      console.log(json === true ? JSON.stringify({ file, diff, written: dryRun !== true }) : diff);
    });
}

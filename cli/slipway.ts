#!/usr/bin/env node
import { Command } from "commander";
import { Refusal } from "../lib/problem";
import { registerCompose } from "./compose";
import { registerData } from "./data";
import { registerPin } from "./pin";
import { registerReleaseCommands } from "./release-commands";
import { registerSchema } from "./schema";

const program = new Command("slipway")
  .description("Releases as code: images and data, one change, one pulumi up, and a way back.")
  .addHelpText(
    "after",
    `
Examples:
  slipway next minor              the version that may come next
  slipway check prod              what stops the release, and what mends it
  slipway promote staging prod    what is verified on staging, written into Pulumi.prod.yaml
  slipway data status prod        what the database holds, and whether writes are open
`,
  );
registerPin(program);
registerCompose(program);
registerSchema(program);
registerData(program);
registerReleaseCommands(program);

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Refusal || ofTheSystem(error) ? error.message : error);
  process.exitCode = 1;
});

/** A file or an address that the machine does not let us have says all by its message. */
function ofTheSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

#!/usr/bin/env node
import { Command } from "commander";
import { Refusal } from "../lib/problem";
import { registerData } from "./data";
import { registerPin } from "./pin";
import { registerReleaseCommands } from "./release-commands";
import { registerSchema } from "./schema";

const program = new Command("slipway").description(
  "Releases as code: images and data, one change, one pulumi up, and a way back.",
);
registerPin(program);
registerSchema(program);
registerData(program);
registerReleaseCommands(program);

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
});

import type { Command } from "commander";
import { stackFileJsonSchema } from "../lib/config/stack-config";

/** `slipway schema`: what editors check a stack file against. */
export function registerSchema(program: Command): void {
  program
    .command("schema")
    .description("print the JSON Schema of a stack file, for editors (kept in docs/stack-file.schema.json)")
    .addHelpText("after", "\nExample: slipway schema > docs/stack-file.schema.json")
    .action(() => {
      console.log(JSON.stringify(stackFileJsonSchema(), null, 2));
    });
}

import { type Command, Option } from "commander";
import { short } from "../lib/release/approvals/count";
import { signatureNamespace } from "../lib/release/approvals/signed-statement";
import { signStatement } from "../lib/release/approvals/ssh-signature";
import { roles, type Role } from "../lib/release/approvals/statement";
import { approvalsFolder } from "../lib/release/gates/gather/change";
import { hashOf, loadStack } from "./gated-stack";

interface Options {
  readonly as: Role;
  readonly by: string;
  readonly key: string;
  readonly say: "approve" | "reject" | "withdraw";
  readonly json?: boolean;
}

/** `slipway approve <environment>`: for those who have no account on a forge. */
export function registerApprove(program: Command): void {
  program
    .command("approve <environment>")
    .description("sign with your SSH key that you approve exactly what the stack file would release now")
    .requiredOption("--by <principal>", "you, as the file of allowed signers names you")
    .requiredOption("--key <file>", "your SSH key; the public half when the private one is in an agent")
    .addOption(new Option("--as <role>", "as whom you speak").choices(roles).default("reviewer"))
    .addOption(
      new Option("--say <word>", "what you say")
        .choices(["approve", "reject", "withdraw"])
        .default("approve"),
    )
    .option("--json", "print the statement as JSON")
    .addHelpText(
      "after",
      `\nExample: slipway approve prod --as wrangler --by ana@example.org --key ~/.ssh/id_ed25519\nSignatures are of the namespace ${signatureNamespace}.`,
    )
    .action(async (environment: string, { as: role, by, key, say, json }: Options) => {
      const project = process.cwd();
      const { config } = await loadStack(project, environment);
      const hash = hashOf(project, config);
      const at = new Date().toISOString();
      const statement = {
        kind: "slipway approval",
        system: config.system,
        environment,
        release: config.release,
        hash,
        role,
        says: say,
        by,
        at,
      } as const;
      const file = await signStatement(approvalsFolder(project, environment), statement, key);
      console.log(
        json === true
          ? JSON.stringify({ file, statement })
          : `${say} of ${config.release} (${short(hash)}) as ${role}: commit ${file} and ${file}.sig`,
      );
    });
}

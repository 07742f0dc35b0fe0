import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "../../problem";
import { atomically } from "../promotion/atomic-file";
import {
  parseSignedStatement,
  signatureNamespace,
  statementFileName,
  statementText,
  type SignedStatement,
} from "./signed-statement";
import { personOf, type Identity, type Statement } from "./statement";

const patience = 30_000;

/** Runs `ssh-keygen`; a key's passphrase is asked for on the terminal, never taken as an argument. */
async function sshKeygen(args: readonly string[], input: string): Promise<{ ok: boolean; says: string }> {
  return new Promise((resolve, reject) => {
    const child = execFile("ssh-keygen", [...args], { timeout: patience }, (error, stdout, stderr) => {
      if (error?.code === "ENOENT") {
        reject(
          new Refusal("ssh-keygen", [
            {
              where: "PATH",
              found: "no ssh-keygen",
              allowed: "OpenSSH 8.0 or newer",
              mend: "install the OpenSSH client",
            },
          ]),
        );
      } else resolve({ ok: error === null, says: (stderr || stdout).trim() });
    });
    // A program that ends before it read everything closes the pipe; its exit code says why.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

/**
 * Signs a statement and writes it with its signature beside it, each in one piece.
 * @param key private key file, or the public one when the private is in an agent.
 * @returns path of the statement; the signature has `.sig` appended.
 * @throws Refusal when the key cannot sign.
 */
export async function signStatement(
  folder: string,
  statement: SignedStatement,
  key: string,
): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), "slipway-sign-"));
  try {
    const draft = join(work, "statement");
    await writeFile(draft, statementText(statement));
    const { ok, says } = await sshKeygen(["-Y", "sign", "-f", key, "-n", signatureNamespace, draft], "");
    if (!ok) {
      throw new Refusal("signed approval", [
        {
          where: key,
          found: says,
          allowed: "a key that signs",
          mend: "name another key, or load it into the agent",
        },
      ]);
    }
    const file = join(folder, statementFileName(statement));
    // The signature first: a statement without one counts for nothing, a signature alone is not even read.
    await atomically(`${file}.sig`, await readFile(`${draft}.sig`, "utf8"));
    await atomically(file, statementText(statement));
    return file;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Whether the signature beside the file is by the person that the statement names, with a key that is allowed for them. */
export async function verifyStatement(file: string, allowedSigners: string): Promise<SignedStatement> {
  const text = await readFile(file, "utf8");
  const statement = parseSignedStatement(text, file);
  const args = [
    "-Y",
    "verify",
    "-f",
    allowedSigners,
    "-I",
    statement.by,
    "-n",
    signatureNamespace,
    "-s",
    `${file}.sig`,
  ];
  const { ok, says } = await sshKeygen(args, text);
  if (!ok) {
    throw new Refusal("signed approval", [
      {
        where: file,
        found: `no good signature by ${statement.by} (${says.split("\n").at(-1) ?? ""})`,
        allowed: `a signature by a key that ${allowedSigners} lists for ${statement.by} in the namespace ${signatureNamespace}`,
        mend: `sign again with \`slipway approve\`, or add the key to ${allowedSigners} in a reviewed change`,
      },
    ]);
  }
  return statement;
}

export interface SignedStatements {
  readonly statements: readonly Statement[];
  /** Files that do not count, each with its reason. */
  readonly bad: readonly Refusal[];
}

/** Reads and verifies every statement of a folder that is about the given environment; a missing folder holds none. */
export async function readSignedStatements(
  folder: string,
  allowedSigners: string,
  about: { readonly system: string; readonly environment: string },
  identities: readonly Identity[],
): Promise<SignedStatements> {
  const statements: Statement[] = [];
  const bad: Refusal[] = [];
  for (const name of (await filesIn(folder)).filter((entry) => entry.endsWith(".json")).sort()) {
    const file = join(folder, name);
    try {
      const signed = await verifyStatement(file, allowedSigners);
      if (signed.system === about.system && signed.environment === about.environment) {
        statements.push(statementOf(signed, file, identities));
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      bad.push(error);
    }
  }
  return { statements, bad };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function statementOf(signed: SignedStatement, file: string, identities: readonly Identity[]): Statement {
  return {
    by: personOf(identities, "ssh", signed.by),
    bot: false,
    role: signed.role,
    says: signed.says,
    hash: signed.hash,
    at: signed.at,
    evidence: {
      what: `signed statement of ${signed.by}: ${signed.says}`,
      where: file,
      when: signed.at,
      by: signed.by,
    },
  };
}

import { z } from "zod";
import { canonicalJson } from "../../content-hash";
import { Refusal } from "../../problem";
import { roles } from "./statement";

/** The namespace of the signatures: one made for anything else, such as a git commit, is no approval. */
export const signatureNamespace = "slipway-approval";

const moment = z.iso.datetime({ offset: true });

const signedStatementSchema = z.strictObject({
  kind: z.literal("slipway approval"),
  system: z.string().min(1).max(63),
  environment: z.string().min(1).max(63),
  release: z.string().min(1).max(128),
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/, "a release hash, as `slipway check` prints it"),
  role: z.enum(roles),
  says: z.enum(["approve", "reject", "withdraw"]),
  /** Principal of the signer. */
  by: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/, "a principal, such as ana@example.org"),
  at: moment,
});

/** What a person signs who has no account on a forge. The text of the file is its canonical JSON, one line. */
export type SignedStatement = z.infer<typeof signedStatementSchema>;

/** The bytes that are signed. */
export function statementText(statement: SignedStatement): string {
  return `${canonicalJson(statement)}\n`;
}

/** The name of its file; one per person, role and release hash, so that a second one replaces the first. */
export function statementFileName(statement: SignedStatement): string {
  const by = statement.by.replaceAll(/[^A-Za-z0-9._-]/g, "-");
  return `${statement.hash.slice("sha256:".length, "sha256:".length + 12)}-${statement.role}-${by}.json`;
}

/** Reads a statement. @throws Refusal when the text is none, or holds more than one. */
export function parseSignedStatement(text: string, file: string): SignedStatement {
  const refusal = (found: string, allowed: string): Refusal =>
    new Refusal("signed approval", [{ where: file, found, allowed, mend: `remove ${file}, or sign again` }]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusal("no JSON", "one JSON object, as `slipway approve` writes it");
  }
  const result = signedStatementSchema.safeParse(value);
  if (!result.success) {
    const first = result.error.issues[0];
    throw refusal(
      `${first?.path.join(".") ?? ""}: ${first?.message ?? "not a statement"}`,
      "a statement as `slipway approve` writes it",
    );
  }
  return result.data;
}

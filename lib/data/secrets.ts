import { existsSync, readFileSync } from "node:fs";
import { readEmbeddedEnvironment } from "../config/embedded";
import { emptyWord } from "../config/empty-word";
import { Refusal } from "../problem";
import type { SecretSource } from "./protocol";

/** Shorter ones would blank out ordinary words. */
const shortestSecret = 4;

/** Reads secrets at the moment of use and blanks them out of everything that is said (rule X5). */
export class Secrets {
  readonly #known = new Set<string>();

  /** A connection string. @throws Refusal when the source holds none. */
  uri(
    source: SecretSource,
    where: string,
    embedded: "release" | "user" | "worker",
    server: "mongo" | "postgres" = "mongo",
  ): string {
    const value = source.kind === "embedded" ? embeddedUri(server, embedded) : plain(source, where);
    this.#learnUri(value);
    return value;
  }

  /** A password, a key. @throws Refusal when the source holds none. */
  text(source: SecretSource, where: string): string {
    if (source.kind === "embedded") throw notEmbedded(where);
    const value = plain(source, where);
    this.#learn(value);
    return value;
  }

  /** The text of a kubeconfig. */
  kubeconfig(source: SecretSource, where: string): string {
    switch (source.kind) {
      case "file":
        return readFileSync(source.path, "utf8");
      case "embedded":
        return readFileSync(readEmbeddedEnvironment().kubeconfig, "utf8");
      default: {
        const value = plain(source, where);
        // As KUBECONFIG does, a variable may hold a path instead of the text.
        if (source.kind === "env" && !value.includes("\n")) return readFileSync(value, "utf8");
        this.#learn(value);
        return value;
      }
    }
  }

  /** The text with every secret that was read blanked out. */
  redact(text: string): string {
    let safe = text;
    for (const secret of this.#known) safe = safe.replaceAll(secret, "***");
    return safe.replace(/((?:mongodb(?:\+srv)?|postgres(?:ql)?):\/\/)[^@/\s]*@/g, "$1***@");
  }

  #learnUri(uri: string): void {
    const password = /^(?:mongodb(?:\+srv)?|postgres(?:ql)?):\/\/[^:@/]*:(?<password>[^@/]*)@/.exec(uri)
      ?.groups?.["password"];
    if (password === undefined) return;
    this.#learn(uri);
    this.#learn(password);
    this.#learn(decodeURIComponent(password));
  }

  #learn(secret: string): void {
    if (secret.length >= shortestSecret) this.#known.add(secret);
  }
}

function embeddedUri(server: "mongo" | "postgres", user: "release" | "user" | "worker"): string {
  const environment = readEmbeddedEnvironment();
  if (user === "worker") return environment.mongo.podReleaseUri;
  const uris = environment[server];
  if (uris) return uris[user === "release" ? "uri" : "userUri"];
  throw new Refusal("secrets", [
    {
      where: "the embedded environment",
      found: "no PostgreSQL server",
      allowed: "an environment that was started with one",
      mend: "npm run environment -- up --postgresql",
    },
  ]);
}

function notEmbedded(where: string): Refusal {
  return new Refusal("secrets", [
    {
      where,
      found: "embedded",
      allowed: "{ env: NAME } or { secret: KEY }: the embedded environment has no such thing",
      mend: "name a variable or a secret key of the stack",
    },
  ]);
}

function plain(source: Given, where: string): string {
  const value = valueOf(source);
  const empty = value === undefined ? undefined : emptyWord(value);
  if (value !== undefined && empty === undefined) return value;
  throw new Refusal("secrets", [
    {
      where,
      found: empty === undefined ? `no ${placeOf(source)}` : `a value that is ${empty} (rule H25)`,
      allowed: "a value that is set when the release runs",
      mend: mendOf(source),
    },
  ]);
}

type Given = Exclude<SecretSource, { kind: "embedded" }>;

function valueOf(source: Given): string | undefined {
  switch (source.kind) {
    case "env":
      return process.env[source.name];
    case "value":
      return source.value;
    case "file":
      return existsSync(source.path) ? readFileSync(source.path, "utf8").trim() : undefined;
    case "config":
      return undefined;
  }
}

function placeOf(source: Given): string {
  if (source.kind === "env") return `environment variable ${source.name}`;
  return source.kind === "file" ? `file ${source.path}` : "value";
}

function mendOf(source: Given): string {
  if (source.kind === "env") return `export ${source.name} where pulumi up runs`;
  return source.kind === "file" ? "mount the Secret that holds it" : "pulumi config set --secret";
}

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Who one is at a registry's host; undefined where one is nobody, which is enough for public images. */
export type CredentialSource = (host: string) => Promise<Credentials | undefined>;

export const anonymous: CredentialSource = () => Promise.resolve(undefined);

const dockerConfig = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional() })).default({}),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).default({}),
});

const helperAnswer = z.object({ Username: z.string(), Secret: z.string() });

/** What `docker login` (or podman, crane, CI) left: `DOCKER_CONFIG` or `~/.docker/config.json`, with its credential helpers. */
export function dockerCredentials(
  folder = process.env["DOCKER_CONFIG"] ?? join(homedir(), ".docker"),
): CredentialSource {
  return async (host) => {
    const config = await readConfig(join(folder, "config.json"));
    if (config === undefined) return undefined;
    const names =
      host === "docker.io" ? ["https://index.docker.io/v1/", "docker.io"] : [host, `https://${host}`];
    for (const name of names) {
      const helper = config.credHelpers[name] ?? config.credsStore;
      const credentials = helper === undefined ? undefined : await askHelper(helper, name);
      const found = credentials ?? decode(config.auths[name]?.auth);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

async function readConfig(file: string): Promise<z.infer<typeof dockerConfig> | undefined> {
  try {
    return dockerConfig.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    // Without a readable file one is anonymous; the registry then says whether that is enough.
    return undefined;
  }
}

function decode(auth: string | undefined): Credentials | undefined {
  const [username, ...password] = Buffer.from(auth ?? "", "base64")
    .toString("utf8")
    .split(":");
  return username === undefined || username === "" ? undefined : { username, password: password.join(":") };
}

/** Docker's helper protocol: the host on standard input, JSON on standard output. */
function askHelper(helper: string, host: string): Promise<Credentials | undefined> {
  if (!/^[A-Za-z0-9._-]+$/.test(helper)) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const child = execFile(`docker-credential-${helper}`, ["get"], { timeout: 20_000 }, (error, output) => {
      const answer = error === null ? helperAnswer.safeParse(parseJson(output)) : undefined;
      resolve(
        answer?.success === true
          ? { username: answer.data.Username, password: answer.data.Secret }
          : undefined,
      );
    });
    child.stdin?.on("error", () => undefined).end(host);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Refusal } from "../problem";

/**
 * What the embedded environment says of itself, in `environment.json` of its state directory.
 * `tools/environment` writes it when everything is up and removes it when it stops. Readable by its owner only.
 */
export interface EmbeddedEnvironment {
  /** Kubeconfig file of the embedded control plane. */
  readonly kubeconfig: string;
  /** `real`: kubelet and containers; `played`: kwok's nodes and a Stage of ours. */
  readonly node: "real" | "played";
  /** Host and port of the OCI registry, plain HTTP on loopback. Example: `127.0.0.1:41231`. */
  readonly registry: string;
  readonly mongo: {
    /** A real `mongod`, or the stand-in server. */
    readonly server: "mongod" | "stand-in";
    /** Connection string of the release's own user, who may write while writes are closed. */
    readonly uri: string;
    /** Connection string of an ordinary user of the system. */
    readonly userUri: string;
    /** Connection string of the ordinary user as a pod on the real node must use it. */
    readonly podUri: string;
    /** Connection string of the release's own user as a pod on the real node must use it. */
    readonly podReleaseUri: string;
  };
  /** A PostgreSQL server, where the environment was asked for one (`npm run environment -- up --postgresql`). */
  readonly postgres?: {
    /** Connection string of the release's own user. */
    readonly uri: string;
    /** Connection string of an ordinary user of the system. */
    readonly userUri: string;
    /** Connection string of the ordinary user as a pod on the real node must use it. */
    readonly podUri: string;
    /** Connection string of the release's own user as a pod on the real node must use it. */
    readonly podReleaseUri: string;
    /** Connection string of the one who owns the databases, and of the server's administrator: for whoever sets a system up. */
    readonly ownerUri: string;
    readonly adminUri: string;
  };
  readonly pulumi: { readonly backend: string; readonly home: string; readonly passphrase: string };
  /** Folders that go first on PATH: the tools of the cache. */
  readonly path: readonly string[];
}

/** The embedded environment's one state directory: `SLIPWAY_STATE`, or a folder in the user's cache. */
export function stateDirectory(): string {
  return process.env["SLIPWAY_STATE"] ?? join(cacheDirectory(), "state");
}

/** Where built tools stay between clones: `SLIPWAY_CACHE`, or the user's cache folder. */
export function cacheDirectory(): string {
  return (
    process.env["SLIPWAY_CACHE"] ??
    join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "slipway")
  );
}

/**
 * Reads the running embedded environment.
 * @throws Refusal when none is running in this state directory.
 */
export function readEmbeddedEnvironment(state = stateDirectory()): EmbeddedEnvironment {
  const file = join(state, "environment.json");
  try {
    return JSON.parse(readFileSync(file, "utf8")) as EmbeddedEnvironment;
  } catch {
    throw new Refusal("the embedded environment", [
      {
        where: file,
        found: "no running environment",
        allowed: "an environment that is up, named by SLIPWAY_STATE",
        mend: 'run "npm start -- --keep", or "npm run environment -- up"',
      },
    ]);
  }
}

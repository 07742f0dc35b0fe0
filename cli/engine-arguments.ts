import { join } from "node:path";
import type { EngineRequest } from "../lib/data/protocol";

/** The arguments of Node that the engine's process is started with. */
export function engineArguments({ spec }: Pick<EngineRequest, "spec">): readonly string[] {
  // A coordinator mostly waits for its workers: it needs no room for short-lived objects, which would stay its own, and the
  // source maps of the Kubernetes client alone would take a tenth of its memory.
  const flags = spec.execution ? ["--max-semi-space-size=2"] : ["--enable-source-maps"];
  return [...flags, join(__dirname, "engine.js")];
}

/** The environment of that process: fewer arenas of the C library, whose threads would each keep memory that the others need. */
export function engineEnvironment(): NodeJS.ProcessEnv {
  return { MALLOC_ARENA_MAX: "2", ...process.env };
}

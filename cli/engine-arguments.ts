import { join } from "node:path";
import type { EngineRequest } from "../lib/data/protocol";

/**
 * A coordinator mostly waits for its workers, so what it once needed and needs no more is worth more than speed: garbage is
 * collected before there is a third more of it, there is no room for short-lived objects, which would stay its own, and no source
 * maps, of which the Kubernetes client alone brings a tenth of its memory.
 */
const coordinatorFlags = ["--heap-growing-percent=30", "--max-semi-space-size=2"];

/** From this many bytes on, what a coordinator's C library frees goes back to the machine at once: it is what was read. */
const largeBuffer = 256 * 1024;

type Request = Pick<EngineRequest, "spec">;

/** The arguments of Node that the engine's process is started with. */
export function engineArguments({ spec }: Request): readonly string[] {
  const flags = spec.execution ? coordinatorFlags : ["--enable-source-maps"];
  return [...flags, join(__dirname, "engine.js")];
}

/** The environment of that process: fewer arenas of the C library, whose threads would each keep memory that the others need. */
export function engineEnvironment({ spec }: Request): NodeJS.ProcessEnv {
  const coordinator = spec.execution && { MALLOC_MMAP_THRESHOLD_: String(largeBuffer) };
  return { MALLOC_ARENA_MAX: "2", ...coordinator, ...process.env };
}

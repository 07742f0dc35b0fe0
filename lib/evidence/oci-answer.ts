import type { ImageReference } from "../release/references/image-reference";
import { quoted } from "../release/references/quoted";
import { contradicted, type Evidence, type Finding, unjudged } from "./finding";
import type { HttpOutcome } from "./http";

/** An answer that has what was asked for. */
export type OciAnswer = HttpOutcome & { ended: "answer" };

/** Hands on the answer, or says what its failing means: no such thing, no permission, too many questions, no registry. */
export function answered(
  image: ImageReference,
  outcome: HttpOutcome,
  what: string,
): OciAnswer | Finding<never> {
  const where = image.toString();
  const { host } = image.repository;
  if (outcome.ended === "failed") {
    const mend = `check the network, and log in where it is asked for: docker login ${host}`;
    return unjudged({ where, found: outcome.says, allowed: `an answer of ${host}`, mend });
  }
  const { status, headers } = outcome;
  if (status >= 200 && status < 300) return outcome;
  if (status === 404) {
    const mend = "build and push it, or correct the reference in the stack file";
    const problem = {
      where,
      found: `no ${what} at ${host}`,
      allowed: "an image that is in its registry",
      mend,
    };
    return contradicted(problem, registryEvidence(image, `no ${what}`));
  }
  if (status === 401 || status === 403) {
    const mend = `docker login ${host}, with a user who may ${what.startsWith("new tag") ? "push" : "pull"}`;
    return unjudged({
      where,
      found: `${host} does not let us see ${what} (${status})`,
      allowed: "permission",
      mend,
    });
  }
  const after = headers.get("retry-after");
  const wait = after === null ? "" : `, for another ${quoted(after)} s`;
  const says =
    status === 429 ? `${host} takes no more questions${wait} (429)` : `${host} answers ${status} to ${what}`;
  const pending = status === 429 || status >= 500;
  return unjudged({ where, found: says, allowed: "an answer", mend: "try again later" }, pending);
}

/** A registry that answers, but not as the specification has it. */
export function confused(image: ImageReference, what: string): Finding<never> {
  const problem = { where: image.toString(), found: `${image.repository.host} answers with ${what}` };
  const mend = "ask whoever runs the registry: it is damaged, or something stands between it and you";
  const allowed = "an answer of the OCI distribution API";
  return contradicted({ ...problem, allowed, mend }, registryEvidence(image, what));
}

export function registryEvidence(image: ImageReference, what: string): Evidence {
  return { what, where: image.toString(), when: new Date().toISOString(), by: image.repository.host };
}

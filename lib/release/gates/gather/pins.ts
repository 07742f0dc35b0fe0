import { andThen, type Finding } from "../../../evidence/finding";
import type { Registry } from "../../../evidence/registry";
import { ImageReference } from "../../references/image-reference";
import type { PinFacts } from "../facts";
import type { GatherRequest } from "./request";
import { scanFact } from "./scan";

/** What the registry has for every pin: the digest of exactly its tag, and what the image says of itself. */
export async function gatherPins(
  { config, project, now }: GatherRequest,
  registry: Registry,
): Promise<readonly PinFacts[]> {
  return Promise.all(
    Object.entries(config.images).map(async ([name, { repository, tag, digest, commit }]) => {
      const tagged = ImageReference.of({ repository, tag }, `slipway:images.${name}`);
      const pinned =
        digest === undefined ? tagged : ImageReference.of({ repository, digest }, `slipway:images.${name}`);
      const resolved = await registry.digestOf(tagged);
      return {
        pin: { name, repository, tag, digest, commit },
        digest: await inWords(resolved),
        whole: await inWords(await registry.imageExists(pinned)),
        image: await registry.factsOf(pinned),
        vulnerabilities: await scanFact(
          config.gates.evidence.scans[name],
          { project, now, image: pinned },
          registry,
        ),
      };
    }),
  );
}

function inWords(resolved: Awaited<ReturnType<Registry["digestOf"]>>): Promise<Finding<string>> {
  return andThen(resolved, (value) =>
    Promise.resolve(resolved.finding === "found" ? { ...resolved, value: value.toString() } : resolved),
  );
}

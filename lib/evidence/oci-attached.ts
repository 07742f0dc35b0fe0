import { z } from "zod";
import { contentHash } from "../content-hash";
import type { Digest } from "../release/references/digest";
import type { ImageReference } from "../release/references/image-reference";
import { andThen, type Finding, found } from "./finding";
import { answered, confused, registryEvidence } from "./oci-answer";
import type { OciSession } from "./oci-session";

const indexType = "application/vnd.oci.image.index.v1+json";
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const listed = z.object({
  manifests: z.array(
    z.looseObject({
      digest,
      artifactType: z.string().optional(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
const artifact = z.looseObject({ layers: z.array(z.looseObject({ digest })).min(1) });

/**
 * What was attached to an image as an artifact of one type: the newest one's bytes, held against their digest; undefined where there
 * is none. Registries list attachments at `referrers/<digest>`; those that do not, keep the list under the tag `sha256-<hex>`.
 */
export async function attachedTo(
  session: OciSession,
  image: ImageReference,
  subject: Digest,
  type: string,
): Promise<Finding<Uint8Array | undefined>> {
  return andThen(await attachments(session, image, subject), async (all) => {
    const [newest] = all
      .filter((one) => one.artifactType === type)
      .sort((a, b) => (createdAt(a) < createdAt(b) ? 1 : -1));
    if (newest === undefined)
      return found(
        undefined,
        registryEvidence(image, `nothing of ${type} is attached to ${subject.toString()}`),
      );
    return andThen(await read(session, image, `manifests/${newest.digest}`, newest.digest), (manifest) => {
      const [layer] = artifact.safeParse(parseJson(manifest)).data?.layers ?? [];
      if (layer === undefined) return Promise.resolve(confused(image, "an attachment without content"));
      return read(session, image, `blobs/${layer.digest}`, layer.digest);
    });
  });
}

type Attachment = z.infer<typeof listed>["manifests"][number];

function createdAt({ annotations }: Attachment): string {
  return annotations?.["org.opencontainers.image.created"] ?? "";
}

async function attachments(
  session: OciSession,
  image: ImageReference,
  subject: Digest,
): Promise<Finding<readonly Attachment[]>> {
  const headers = { accept: indexType };
  for (const path of [
    `referrers/${subject.toString()}`,
    `manifests/${subject.toString().replace(":", "-")}`,
  ]) {
    const outcome = await session.ask(image.repository, { method: "GET", path, headers });
    if (outcome.ended === "answer" && outcome.status === 404) continue;
    const answer = answered(image, outcome, "list of attachments");
    if ("finding" in answer) return answer;
    const index = listed.safeParse(parseJson(answer.body));
    if (!index.success) return confused(image, "a list of attachments that is none");
    return found(index.data.manifests, registryEvidence(image, `${index.data.manifests.length} attachments`));
  }
  return found([], registryEvidence(image, "no attachments"));
}

async function read(
  session: OciSession,
  image: ImageReference,
  path: string,
  wanted: string,
): Promise<Finding<Uint8Array>> {
  const headers = { accept: "application/vnd.oci.image.manifest.v1+json" };
  const answer = answered(image, await session.ask(image.repository, { method: "GET", path, headers }), path);
  if ("finding" in answer) return answer;
  if (contentHash(answer.body) !== wanted) return confused(image, `bytes of another digest than ${wanted}`);
  return found(answer.body, registryEvidence(image, wanted));
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

import type { Facts, PinFacts, SourceFacts } from "../release/gates/facts";
import { contradicted, type Finding, found, mapFound, unjudged } from "./finding";

/** The links of the chain from a version to what runs, in order (rules F4, F9, N1, N4, N7). */
export const links = [
  /** The tag exists and stands for one commit. */
  "tag",
  /** The commit is on the branch that releases come from. */
  "branch",
  /** CI of exactly that commit is green. */
  "ci",
  /** The registry has, for exactly that tag, the digest that is pinned. */
  "digest",
  /** The image carries the schema version of the release, as its commit does. */
  "schema",
  /** What runs now, for the line from → to. */
  "running",
] as const;
export type Link = (typeof links)[number];

/** One line of evidence: everything that is known of what one service will run, kept in the release's record. */
export interface ServiceEvidence {
  /** Example: `runtime-api`. */
  readonly service: string;
  /** Source that its image is built from, where the stack file names one. */
  readonly source?: string | undefined;
  /** `repository:tag`, with `@sha256:…` where it is pinned. */
  readonly image: string;
  /** Each link's fact in words: a commit, a branch, a run's name, a digest, a version. */
  readonly links: Readonly<Record<Link, Finding<string>>>;
}

/** The facts that lines of evidence are made of. */
export type EvidenceFacts = Pick<Facts, "sources" | "pins"> & {
  readonly release: Pick<Facts["release"], "services" | "schema">;
  readonly data: Pick<Facts["data"], "commitSchema">;
};

/**
 * Puts what was gathered together, one line per service; a link that nothing is known of is unjudged, and never passes.
 * @param imagesOf names the images that are built from each source.
 * @param running the digest that runs now, by image name.
 */
export function serviceEvidence(
  facts: EvidenceFacts,
  imagesOf: Readonly<Record<string, readonly string[]>>,
  running: Finding<Readonly<Record<string, string>>>,
): readonly ServiceEvidence[] {
  return facts.release.services.flatMap(({ name, image }) => {
    const pin = facts.pins.find((one) => one.pin.name === image);
    if (pin === undefined) return [];
    const source = facts.sources.find((one) => imagesOf[one.name]?.includes(image) === true);
    const { repository, tag, digest } = pin.pin;
    return [
      {
        service: name,
        source: source?.name,
        image: `${repository}:${tag}${digest === undefined ? "" : `@${digest}`}`,
        links: {
          tag: mapFound(source?.tag ?? unknown(image), ({ commit }) => commit),
          ...sourceLinks(source ?? image),
          digest: digestOf(pin),
          schema: schemaOf(facts, pin),
          running: runningOf(running, image),
        },
      },
    ];
  });
}

/** What rests on the tag's commit; open where the tag itself is. */
function sourceLinks(source: SourceFacts | string): Record<"branch" | "ci", Finding<string>> {
  if (typeof source === "string") return { branch: unknown(source), ci: unknown(source) };
  return { branch: source.branch, ci: source.ci };
}

/** N4: the tag stands for the digest that is pinned; another one means that it was pushed again. */
function digestOf({ pin, digest }: PinFacts): Finding<string> {
  if (digest.finding !== "found" || pin.digest === undefined || pin.digest === digest.value) return digest;
  const says = `${pin.repository}:${pin.tag} stands for ${digest.value}`;
  const problem = { where: `image ${pin.name}`, found: says, allowed: `${pin.digest}, as pinned` };
  const mend = "find out who pushed the tag again; pin what was verified";
  return contradicted({ ...problem, mend }, { ...digest.evidence, what: says });
}

function unknown(image: string): Finding<never> {
  return unjudged({
    where: `image ${image}`,
    found: "no source that it is built from",
    allowed: "a source of slipway:sources",
    mend: `name ${image} in slipway:sources.<name>.images`,
  });
}

/** N7: the version in the image is the one that its commit pins and the data will have. */
function schemaOf({ release, data }: EvidenceFacts, { pin, image }: PinFacts): Finding<string> {
  if (image.finding !== "found") return image;
  const { schemaVersion } = image.value;
  const wanted = release.schema?.version;
  if (schemaVersion === undefined || wanted === undefined) return mapFound(image, () => "none");
  if (data.commitSchema.finding === "unjudged") return data.commitSchema;
  const pinned = data.commitSchema.finding === "found" ? data.commitSchema.value : "none";
  const says = `image ${schemaVersion}, commit ${pinned}`;
  if (schemaVersion === wanted && pinned === wanted) return found(wanted, { ...image.evidence, what: says });
  const problem = {
    where: `image ${pin.name}`,
    found: says,
    allowed: `${wanted} in both, as the data will have`,
  };
  const mend = "release code that is made for this schema, or set the schema that it is made for";
  return contradicted({ ...problem, mend }, { ...image.evidence, what: says });
}

function runningOf(running: Finding<Readonly<Record<string, string>>>, image: string): Finding<string> {
  return mapFound(running, (digests) => digests[image] ?? "nothing");
}

/** The chain in one line for people: `runtime-api: tag 1c704975 ✓ · branch main ✓ · …`; `✗` contradicted, `?` not judged. */
export function evidenceLine({ service, links: known }: ServiceEvidence): string {
  const words = links.map((link) => {
    const finding = known[link];
    if (finding.finding === "contradicted") return `${link} ✗`;
    if (finding.finding === "unjudged") return `${link} ?`;
    return `${link} ${shown(finding.value)} ✓`;
  });
  return `${service}: ${words.join(" · ")}`;
}

/** A link's fact as people read it: digests and commits by their first digits. */
export function shown(value: string): string {
  return value
    .replace(/^(sha256:[0-9a-f]{12})[0-9a-f]{52}$/, "$1")
    .replace(/^([0-9a-f]{8})(?:[0-9a-f]{32}|[0-9a-f]{56})$/, "$1");
}

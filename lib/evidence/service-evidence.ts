import type { ImageReference } from "../release/references/image-reference";
import { ciOf, type CiSources } from "./ci-evidence";
import { andThen, contradicted, type Finding, found, mapFound, unjudged } from "./finding";
import type { Registry } from "./registry";
import type { AncestryException, TagFact } from "./repository";
import { commitSchemaVersion, imageSchemaVersion, type SchemaPin } from "./schema-version";

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
  /** The commit and the image carry the schema version of the release. */
  "schema",
  /** What runs now, for the line from → to. */
  "running",
] as const;
export type Link = (typeof links)[number];

/** One line of evidence: everything that is known of one service's image, kept in the release's record. */
export interface ServiceEvidence {
  /** Example: `fastapi`. */
  readonly service: string;
  /** `repository:tag@sha256:…`, what is to be released. */
  readonly image: string;
  /** Each link's fact in words: a commit, a branch, a run's name, a digest, a version. */
  readonly links: Readonly<Record<Link, Finding<string>>>;
}

/** What is to be judged for one service. */
export interface ServiceClaim {
  readonly service: string;
  readonly image: ImageReference;
  /** Tag in the source repository; the image's own tag may be spelt otherwise (A7). */
  readonly tag: string;
  readonly branch: string;
  readonly exceptions: readonly AncestryException[];
  /** The schema version of the release, and where the commit pins it; undefined where the service knows no schema. */
  readonly schema?: { readonly version: string; readonly pin: SchemaPin };
}

/** Where the facts come from. */
export interface ServiceSources extends CiSources {
  readonly registry: Registry;
  /** The digest that runs now, as the cluster says. */
  readonly running: Finding<string>;
}

/** Gathers all six links; a link that rests on one that is not found says so, and never passes. */
export async function serviceEvidence(
  claim: ServiceClaim,
  sources: ServiceSources,
): Promise<ServiceEvidence> {
  const { repository, registry, running } = sources;
  const tag = await repository.tag(claim.tag);
  const after = <T>(use: (fact: TagFact) => Promise<Finding<T>>): Promise<Finding<T>> =>
    tag.finding === "found" ? use(tag.value) : Promise.resolve(rests(claim));
  return {
    service: claim.service,
    image: claim.image.toString(),
    links: {
      tag: mapFound(tag, ({ commit }) => commit),
      branch: await after((fact) => repository.onBranch(fact, claim.branch, claim.exceptions)),
      ci: await after(({ commit }) => ciOf(sources, commit)),
      digest: mapFound(await registry.digestOf(claim.image), (value) => value.toString()),
      schema: await after((fact) => schemaOf(claim, sources, fact)),
      running,
    },
  };
}

/** N7: commit and image carry the version that the data will have. */
async function schemaOf(
  claim: ServiceClaim,
  { repository, registry }: ServiceSources,
  { commit }: TagFact,
): Promise<Finding<string>> {
  const { schema, image } = claim;
  if (schema === undefined) {
    const evidence = {
      what: "knows no schema",
      where: claim.service,
      when: new Date().toISOString(),
      by: "stack file",
    };
    return found("none", evidence);
  }
  const inImage = await imageSchemaVersion(image, await registry.factsOf(image));
  return andThen(await commitSchemaVersion(repository, commit, schema.pin), (pinned) =>
    andThen(inImage, (carried) => {
      const says = `commit ${pinned}, image ${carried}`;
      const evidence = {
        what: says,
        where: image.toString(),
        when: new Date().toISOString(),
        by: image.repository.host,
      };
      if (pinned === schema.version && carried === schema.version)
        return Promise.resolve(found(schema.version, evidence));
      const problem = {
        where: image.toString(),
        found: says,
        allowed: `${schema.version} in both, as the data will have`,
      };
      return Promise.resolve(
        contradicted(
          { ...problem, mend: "release code made for this schema, or this code's schema" },
          evidence,
        ),
      );
    }),
  );
}

function rests({ service, tag }: ServiceClaim): Finding<never> {
  return unjudged({
    where: service,
    found: `nothing known of tag ${tag}`,
    allowed: "a tag whose commit is known",
    mend: "mend what is said of the tag",
  });
}

/** The chain in one line for people: `fastapi v2.19.0: tag 1c704975 ✓ branch main ✓ …`; `✗` contradicted, `?` not judged. */
export function evidenceLine({ service, links: known }: ServiceEvidence): string {
  const words = links.map((link) => {
    const finding = known[link];
    if (finding.finding === "contradicted") return `${link} ✗`;
    if (finding.finding === "unjudged") return `${link} ?`;
    return `${link} ${shorten(finding.value)} ✓`;
  });
  return `${service}: ${words.join(" · ")}`;
}

function shorten(value: string): string {
  return value
    .replace(/^(sha256:[0-9a-f]{12})[0-9a-f]{52}$/, "$1")
    .replace(/^([0-9a-f]{8})[0-9a-f]{32}$/, "$1");
}

import type { Policy, SourcePolicy } from "../release/gates/policy";
import { gatesOf } from "./gates-contradictions";
import type { GateConfig } from "./gates";
import type { StackConfig } from "./stack-config";

/** The rules of an environment as the gates take them, from its stack file. */
export function policyOf(
  config: GateConfig & Pick<StackConfig, "system" | "environment" | "grade" | "release" | "images">,
): Policy {
  const { gates, people } = config;
  return {
    system: config.system,
    environment: config.environment,
    grade: config.grade,
    gates: gatesOf(gates, config.grade),
    overrides: gates.override,
    lane: config.lane,
    site: gates.site,
    zone: gates.zone ?? config.window?.zone ?? "utc",
    sources: Object.entries(config.sources).map(([name, source]) => sourcePolicy(name, source, config)),
    people,
    window: config.window,
    notice: config.notice,
    freezes: config.freezes,
    promotion: config.promotion,
    limits: gates.limits,
    places: gates.places,
  };
}

/** A source's tag is what the file says, else that of its first image, else the release's version. */
function sourcePolicy(
  name: string,
  source: GateConfig["sources"][string],
  { images, release }: Pick<StackConfig, "images" | "release">,
): SourcePolicy {
  const [first] = source.images;
  const image = first === undefined ? undefined : images[first];
  const tag = source.tag ?? (image && commitTag(source.scheme, image.tag)) ?? release;
  return {
    name,
    tag,
    scheme: source.scheme,
    branch: source.branch,
    images: source.images,
    changelog: source.changelog,
  };
}

/** The tag of the commit that an image was built from: of Major-Minor versions the image's is `release-v37-2` (rule A7). */
function commitTag(scheme: SourcePolicy["scheme"], imageTag: string): string {
  return scheme === "major-minor" ? imageTag.replace(/^release-/, "") : imageTag;
}

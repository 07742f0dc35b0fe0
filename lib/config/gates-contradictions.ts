import { gateOf } from "../release/gates/catalogue";
import { presets } from "../release/gates/presets/presets";
import type { RuleId } from "../release/gates/policy";
import type { GateConfig } from "./gates";
import type { StackConfig } from "./stack-config";

interface Contradiction {
  readonly code: "custom";
  readonly path: readonly string[];
  readonly message: string;
}

type Known = Partial<GateConfig & Pick<StackConfig, "environment" | "grade" | "images">>;

/** The gates of an environment: its preset's for its grade, and what the stack file adds, each once. */
export function gatesOf(gates: GateConfig["gates"], grade: StackConfig["grade"]): readonly RuleId[] {
  return [...new Set([...presets[gates.preset][grade], ...gates.add])];
}

/** What no single key of the gates' sections can tell: parts that do not fit together. Judged on the sections that are well-formed. */
export function gateContradictions(config: Known): readonly Contradiction[] {
  const { gates, grade, sources, images, promotion, environment } = config;
  return [
    ...(gates && grade ? overrides(gates, grade) : []),
    ...(sources && images ? imagesOfSources(sources, images) : []),
    ...(gates && images ? scannedImages(gates, images) : []),
    ...(promotion && environment !== undefined ? chain(promotion, environment) : []),
    ...(gates && config.window === undefined && config.lane?.kind === "normal" && grade
      ? windowMissing(gates, grade)
      : []),
  ];
}

function at(path: readonly string[], message: string): Contradiction {
  return { code: "custom", path, message };
}

function overrides(gates: GateConfig["gates"], grade: StackConfig["grade"]): readonly Contradiction[] {
  const own = gatesOf(gates, grade);
  return gates.override.flatMap(({ gate, of }, index) => {
    const path = ["gates", "override", String(index)];
    const twin = gates.override.findIndex(
      (other) => other.gate === gate && (other.of ?? of) === (of ?? other.of),
    );
    return [
      ...(own.includes(gate)
        ? []
        : [at([...path, "gate"], `a gate that this environment has (${own.join(", ")})`)]),
      ...(gateOf(gate).firm === true
        ? [at([...path, "gate"], `another gate: ${gate} is never overridden`)]
        : []),
      ...(twin < index
        ? [at(path, `one override of ${gate} for the same subject; the first one is number ${twin}`)]
        : []),
    ];
  });
}

function imagesOfSources(
  sources: GateConfig["sources"],
  images: StackConfig["images"],
): readonly Contradiction[] {
  const owners = new Map<string, string>();
  return Object.entries(sources).flatMap(([name, source]) =>
    source.images.flatMap((image, index) => {
      const path = ["sources", name, "images", String(index)];
      const owner = owners.get(image);
      owners.set(image, owner ?? name);
      if (!Object.hasOwn(images, image))
        return [at(path, `one of slipway:images (${Object.keys(images).join(", ")})`)];
      return owner === undefined ? [] : [at(path, `an image of one source only: ${owner} has it too`)];
    }),
  );
}

function scannedImages(
  { evidence }: GateConfig["gates"],
  images: StackConfig["images"],
): readonly Contradiction[] {
  return Object.keys(evidence.scans)
    .filter((name) => !Object.hasOwn(images, name))
    .map((name) =>
      at(["gates", "evidence", "scans", name], `one of slipway:images (${Object.keys(images).join(", ")})`),
    );
}

function chain({ chain: names }: GateConfig["promotion"], environment: string): readonly Contradiction[] {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return [
    ...(twice === undefined
      ? []
      : [at(["promotion", "chain"], `every environment once: ${twice} is there twice`)]),
    ...(names.length === 0 || names.includes(environment)
      ? []
      : [at(["promotion", "chain"], `a chain with ${environment}, this stack's environment`)]),
  ];
}

/** Gates that are about a window need one; said here, where it can be mended, and not at night when the window is wanted. */
function windowMissing(gates: GateConfig["gates"], grade: StackConfig["grade"]): readonly Contradiction[] {
  const needing = gatesOf(gates, grade).filter((id) => ["W1", "A2", "A3", "A4", "A5"].includes(id));
  return needing.length === 0
    ? []
    : [at(["window"], `a window, since ${needing.join(", ")} are judged against it`)];
}

import { imagesNamed } from "../release/composition/variables";
import { plainSecret } from "../release/invariants/plain-secret";
import type { EnvironmentConfig } from "./container-env";
import { restartCauses } from "./restart-order";
import type { StackConfig } from "./stack-config";

type Workloads = Pick<StackConfig, "images" | "services" | "jobs">;

interface Contradiction {
  readonly code: "custom";
  readonly path: readonly string[];
  readonly message: string;
}

/** Services and jobs that do not fit to the rest of the file. */
export function* workloadContradictions({ images, services, jobs }: Workloads): Generator<Contradiction> {
  yield* compositions(images);
  for (const [name, { image }] of Object.entries(services)) {
    if (!Object.hasOwn(images, image)) yield at(["services", name, "image"], oneOf(images));
  }
  for (const [name, { image }] of Object.entries(jobs)) {
    if (!Object.hasOwn(images, image)) yield at(["jobs", name, "image"], oneOf(images));
  }
  for (const name of Object.keys(jobs)) {
    if (Object.hasOwn(services, name)) yield at(["jobs", name], "a name that no service has");
  }
  for (const [name, { env }] of Object.entries(services))
    yield* secretsInClear(["services", name, "env"], env);
  for (const [name, { env }] of Object.entries(jobs)) yield* secretsInClear(["jobs", name, "env"], env);
  for (const [name, { restartsWith = [] }] of Object.entries(services)) {
    for (const [index, other] of restartsWith.entries()) {
      if (other === name || !Object.hasOwn(services, other))
        yield at(
          ["services", name, "restartsWith", String(index)],
          `another service (${others(services, name)})`,
        );
      else if (restartCauses(services, other).has(name))
        yield at(
          ["services", name, "restartsWith", String(index)],
          `no circle: ${other} restarts with ${name} too`,
        );
    }
  }
}

function* secretsInClear(path: readonly string[], env: EnvironmentConfig): Generator<Contradiction> {
  for (const [variable, value] of Object.entries(env)) {
    const reason = typeof value === "string" ? plainSecret(variable, value) : undefined;
    if (reason === undefined) continue;
    yield at(
      [...path, variable],
      `\`{ secret, key }\` of a Kubernetes Secret: this is ${reason}, in clear (rule X5)`,
    );
  }
}

/** A composed image is made of others of the stack, which are none themselves. */
function* compositions(images: Workloads["images"]): Generator<Contradiction> {
  const plain = Object.keys(images).filter((name) => images[name]?.composed === undefined);
  for (const [name, { composed }] of Object.entries(images)) {
    const said = [...(composed?.from ?? []), ...imagesNamed(composed?.environment ?? {})];
    for (const other of new Set(said)) {
      if (!plain.includes(other) && other !== name)
        yield at(
          ["images", name, "composed"],
          `only images that are not composed (${plain.join(", ")}), not ${other}`,
        );
    }
    if (composed?.from.includes(name) === true)
      yield at(["images", name, "composed", "from"], `other images than ${name} itself`);
  }
}

function oneOf(images: Workloads["images"]): string {
  return `one of slipway:images (${Object.keys(images).join(", ")})`;
}

function others(services: Workloads["services"], name: string): string {
  return Object.keys(services)
    .filter((other) => other !== name)
    .join(", ");
}

function at(path: readonly string[], message: string): Contradiction {
  return { code: "custom", path, message };
}

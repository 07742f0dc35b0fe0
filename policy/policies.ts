import type {
  PolicyResource,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { type GraphNode, unprotectedData, workloadsBeforeData } from "../lib/release/invariants/graph";
import { type PinFault, pinFaults, tagAndDigest } from "../lib/release/invariants/pinned";
import { plainSecret } from "../lib/release/invariants/plain-secret";
import { type Environments, environmentsSchema, gradeOf } from "./environments";
import { containersOf } from "./pods";

/** N4, X1: staging and production run what was reviewed, not what a tag names today. */
export const pinnedByDigest = aboutImages(
  "pinned-by-digest",
  "Staging and production run images by digest (rules N4, X1).",
  "no digest",
  "pin it: slipway pin <environment>",
);

/** N4, X1: what people read in production is the tag of one release. */
export const noMovingTag = aboutImages(
  "no-moving-tag",
  "Production runs no tag that is made to move (rules N4, X1).",
  "a moving tag",
  "name the tag of one release",
);

/** X5: what stands in a pod's environment in clear, everybody reads who may look at the cluster. */
export const noPlainSecret: ResourceValidationPolicy = {
  name: "no-plain-secret",
  description: "No secret stands in clear in a container's environment (rule X5).",
  enforcementLevel: "mandatory",
  validateResource: ({ type, props }, report) => {
    for (const { name, plain } of containersOf(type, props))
      for (const variable of plain) {
        const reason = plainSecret(variable.name, variable.value);
        if (reason !== undefined)
          report(
            `container "${name}": ${variable.name} is ${reason}; take it from a Kubernetes Secret: { secret, key }`,
          );
      }
  },
};

/** N16: code that runs before its data is there serves wrong answers, or none. */
export const workloadsAfterData: StackValidationPolicy = {
  name: "workloads-after-data",
  description: "Every workload waits for the stack's data migrations (rule N16).",
  enforcementLevel: "mandatory",
  validateStack: ({ resources }, report) => {
    for (const urn of workloadsBeforeData(resources.map(nodeOf)))
      report("it does not wait for the data migration; add it to dependsOn", urn);
  },
};

/** The last thing between a wrong command and production's data. */
export const protectedData: StackValidationPolicy = {
  name: "protected-data",
  description: "Production's data is protected: Pulumi neither deletes nor replaces it.",
  enforcementLevel: "mandatory",
  configSchema: environmentsSchema,
  validateStack: (args, report) => {
    const nodes = args.resources.map(nodeOf);
    const [first] = nodes;
    if (first === undefined) return;
    for (const urn of unprotectedData(gradeOf(first.urn, configOf(args)), nodes))
      report("production's data is not protected; set `protect: true`", urn);
  },
};

/** The pack, in the order in which people read it. */
export const policies = [
  pinnedByDigest,
  noMovingTag,
  noPlainSecret,
  workloadsAfterData,
  protectedData,
] as const;

function aboutImages(
  name: string,
  description: string,
  fault: PinFault,
  mend: string,
): ResourceValidationPolicy {
  return {
    name,
    description,
    enforcementLevel: "mandatory",
    configSchema: environmentsSchema,
    validateResource: (args, report) => {
      const grade = gradeOf(args.urn, args.getConfig<Environments>());
      for (const container of containersOf(args.type, args.props)) {
        if (container.image === undefined) continue;
        if (pinFaults(grade, tagAndDigest(container.image)).includes(fault))
          report(`container "${container.name}" runs ${container.image}: ${fault}; ${mend}`);
      }
    },
  };
}

function configOf(args: StackValidationArgs): Environments {
  return args.getConfig<Environments>();
}

function nodeOf({ urn, type, dependencies, opts }: PolicyResource): GraphNode {
  return { urn, type, dependencies: dependencies.map((one) => one.urn), protect: opts.protect };
}

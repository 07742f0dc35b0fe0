import type {
  PolicyResource,
  PolicyResourceOptions,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { Environments } from "../../policy/environments";
import { policies } from "../../policy/policies";
import type { Registered } from "../components/program";

/** One violation, as a person reads it. */
export interface Violation {
  readonly policy: string;
  readonly resource: string;
  readonly message: string;
}

/** What the pack says of a graph, resource by resource and as a whole, as the engine would ask it. */
export async function judged(
  graph: readonly Registered[],
  config: Environments = {},
): Promise<readonly Violation[]> {
  const found: Violation[] = [];
  const resources = graph.map(asPolicySees);
  for (const policy of policies) {
    const note =
      (resource: string) =>
      (message: string, urn?: string): void => {
        found.push({ policy: policy.name, resource: (urn ?? resource).split("::").at(-1) ?? "", message });
      };
    const asked = {
      stackTags: new Map<string, string>(),
      getConfig: (() => config) as GetConfig,
      notApplicable,
    };
    if ("validateStack" in policy) await stackJudge(policy)({ ...asked, resources }, note("stack"));
    else
      for (const resource of resources)
        await resourceJudge(policy)({ ...resource, ...asked, asType: () => undefined }, note(resource.urn));
  }
  return found;
}

type GetConfig = ResourceValidationArgs["getConfig"];
type StackJudge = Extract<StackValidationPolicy["validateStack"], (...args: never[]) => unknown>;
type ResourceJudge = (
  args: ResourceValidationArgs,
  report: (message: string, urn?: string) => void,
) => void | Promise<void>;

function stackJudge({ validateStack }: StackValidationPolicy): StackJudge {
  return validateStack;
}

function resourceJudge({ validateResource }: ResourceValidationPolicy): ResourceJudge {
  if (typeof validateResource !== "function") throw new Error("a policy of one function is expected");
  return validateResource;
}

function notApplicable(): never {
  throw new Error("no policy of the pack says this");
}

function asPolicySees({ type, name, urn, inputs, dependencies, protect }: Registered): PolicyResource {
  return {
    type,
    name,
    urn,
    props: inputs as Record<string, unknown>,
    opts: optionsOf(protect),
    dependencies: dependencies.map((dependency) => ({ ...empty, urn: dependency })),
    propertyDependencies: {},
    isType: () => false,
    asType: () => undefined,
  };
}

const optionsOf = (protect: boolean): PolicyResourceOptions => ({
  protect,
  ignoreChanges: [],
  aliases: [],
  customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
  additionalSecretOutputs: [],
});

const empty: PolicyResource = {
  type: "",
  name: "",
  urn: "",
  props: {},
  opts: optionsOf(false),
  dependencies: [],
  propertyDependencies: {},
  isType: () => false,
  asType: () => undefined,
};

/** One container that a resource runs, with what stands in its environment in clear. */
export interface Container {
  readonly name: string;
  readonly image: string | undefined;
  readonly plain: readonly { readonly name: string; readonly value: string }[];
}

interface PodSpec {
  readonly containers?: readonly RawContainer[];
  readonly initContainers?: readonly RawContainer[];
}

interface RawContainer {
  readonly name?: string;
  readonly image?: string;
  readonly env?: readonly { readonly name?: string; readonly value?: unknown }[];
}

interface Owner {
  readonly spec?: PodSpec & {
    readonly template?: { readonly spec?: PodSpec };
    readonly jobTemplate?: { readonly spec?: { readonly template?: { readonly spec?: PodSpec } } };
  };
}

/** The containers of any Kubernetes resource that runs pods; none for everything else. */
export function containersOf(type: string, props: Readonly<Record<string, unknown>>): readonly Container[] {
  if (!/^kubernetes:(apps|batch|core)\/v1:/.test(type)) return [];
  const { spec } = props as Owner;
  const pods = spec?.jobTemplate?.spec?.template?.spec ?? spec?.template?.spec ?? spec;
  return [...(pods?.initContainers ?? []), ...(pods?.containers ?? [])].map(({ name, image, env }) => ({
    name: name ?? "",
    image,
    plain: (env ?? []).flatMap((variable) =>
      typeof variable.value === "string" ? [{ name: variable.name ?? "", value: variable.value }] : [],
    ),
  }));
}

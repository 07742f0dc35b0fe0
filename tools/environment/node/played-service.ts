/** Annotation of a namespace whose API is to be played: `<service>:<port>`. Example: `runtime-api:23456`. */
export const playedApiAnnotation = "slipway.dev/played-api";

/** A service whose newest ready pod is played by one process, on a port of loopback that stays the same. */
export interface PlayedService {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
}

/** What is read of Kubernetes' objects. */
interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Namespace {
  readonly metadata: Metadata;
}

export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
}

export interface Pod {
  readonly metadata: Metadata;
  readonly spec: {
    readonly containers: readonly { readonly image: string; readonly env?: readonly Variable[] }[];
  };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** The services that the namespaces of a cluster ask to be played; what cannot be read is none. */
export function playedServices(namespaces: readonly Namespace[]): readonly PlayedService[] {
  return namespaces.flatMap(({ metadata }) => {
    if (metadata.deletionTimestamp !== undefined) return [];
    const [, service, port] =
      /^([a-z0-9-]+):(\d{2,5})$/.exec(metadata.annotations?.[playedApiAnnotation] ?? "") ?? [];
    if (service === undefined || port === undefined) return [];
    return [{ namespace: metadata.name, service, port: Number(port) }];
  });
}

/** The pod that a service's process plays: the newest that is ready and not on its way out. */
export function podToPlay(pods: readonly Pod[], { namespace, service }: PlayedService): Pod | undefined {
  return pods
    .filter(
      ({ metadata, status }) =>
        metadata.namespace === namespace &&
        metadata.labels?.["app"] === service &&
        metadata.deletionTimestamp === undefined &&
        status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
    )
    .sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp))
    .at(-1);
}

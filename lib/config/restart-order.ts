import type { ServiceConfig } from "./services";

type Services = Readonly<Record<string, ServiceConfig>>;

/** The services, each after those that it restarts with; otherwise in the file's order. */
export function inRestartOrder(services: Services): readonly (readonly [string, ServiceConfig])[] {
  const placed = new Map<string, ServiceConfig>();
  const place = (name: string): void => {
    const service = services[name];
    if (service === undefined || placed.has(name)) return;
    for (const other of service.restartsWith ?? []) place(other);
    placed.set(name, service);
  };
  for (const name of Object.keys(services)) place(name);
  return [...placed];
}

/** Services that a service restarts with, directly or through others; its own name among them is a circle. */
export function restartCauses(services: Services, name: string): ReadonlySet<string> {
  const causes = new Set<string>();
  const follow = (one: string): void => {
    for (const other of services[one]?.restartsWith ?? []) {
      if (causes.has(other)) continue;
      causes.add(other);
      follow(other);
    }
  };
  follow(name);
  return causes;
}

import { DateTime } from "luxon";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import type { StackFile } from "../../lib/config/stack-file";
import { type AtmosphereEnvironment, atmospherePlaces, atmosphereServices } from "./atmosphere-places";

/** Where the repositories lie that the stack files speak of. */
export interface Checkouts {
  readonly sources: Readonly<Record<(typeof atmosphereServices)[number], string>>;
  readonly secrets: Readonly<Record<AtmosphereEnvironment, string>>;
}

const told = ["--title", "{title}", "--message", "{message}"];
/** What `manage.py` does in the real images, by the program that stands for it. */
const maintained = {
  in: "pod",
  start: ["/maintained", "maintenance", "start", ...told],
  stop: ["/maintained", "maintenance", "stop", "--title", "{title}"],
  show: ["/maintained", "maintenance", "show"],
} as const;

/** The last of Django's migrations: what the data say of themselves. */
const schemaQuery = "SELECT app || '.' || name FROM django_migrations ORDER BY id DESC LIMIT 1";

/** What differs where Atmosphere runs on one small machine: the registry, the databases' names, where code and secrets lie, the time. */
export function settle(
  file: StackFile,
  name: AtmosphereEnvironment,
  { registry }: Pick<EmbeddedEnvironment, "registry">,
  checkouts: Checkouts,
): void {
  for (const service of atmosphereServices) {
    file.set(["images", service, "repository"], `${registry}/cyverse/${service}`);
    file.set(["services", service, "env", "SCHEMA_QUERY"], schemaQuery);
    file.set(["sources", service], {
      clone: checkouts.sources[service],
      scheme: "major-minor",
      branch: "master",
      images: [service],
      changelog: "CHANGELOG.md",
    });
  }
  const { databases } = atmospherePlaces[name];
  file.set(["data", "store", "databases"], Object.values(databases));
  if (name !== "cyverse") file.set(["data", "store", "names"], { ...databases });
  file.set(
    ["verification", "answers"],
    [
      { service: "atmosphere", path: "/version" },
      { service: "troposphere", path: "/version" },
    ],
  );
  // Any server's Date will do; where a forge is named it is the forge's (rule W3).
  file.set(["gates", "clock"], `http://${registry}/v2/`);
  file.set(["gates", "places", "secretsCheckout"], checkouts.secrets[name]);
  if (name === "beta") return;
  file.set(["maintenance", "services"], { troposphere: maintained, atmosphere: maintained });
  file.set(["window"], windowAroundNow());
}

/** A window that is open for hours yet. */
function windowAroundNow(): { kind: "once"; start: string; end: string; zone: string } {
  const zone = "America/Phoenix";
  const now = DateTime.now().setZone(zone);
  const local = (hours: number): string => now.plus({ hours }).toFormat("yyyy-MM-dd'T'HH:mm");
  return { kind: "once", start: local(-1), end: local(6), zone };
}

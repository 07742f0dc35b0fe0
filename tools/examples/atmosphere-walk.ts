import type { Atmosphere } from "./atmosphere";
import { atmospherePlaces } from "./atmosphere-places";

/** Atmosphere's release as a newcomer would watch it: beta, both sites, then one with data under maintenance, and the way back. */
export async function atmosphereWalk(
  atmosphere: Atmosphere,
  heading: (title: string) => void,
  show: (text: string) => void,
): Promise<void> {
  heading("beta: two services, each with a tag of its own, and their two databases");
  const first = {
    atmosphere: await atmosphere.build("atmosphere", "v37-2", "37.2"),
    troposphere: await atmosphere.build("troposphere", "v36-6", "37.2"),
  };
  atmosphere.pin("beta", { release: "v37-2", schema: "37.2", pins: first });
  await atmosphere.deployed("beta");

  heading("CyVerse: what is due before its window; then what beta runs");
  await atmosphere.promoted("cyverse");
  await atmosphere.slipway("timeline", "cyverse");
  await atmosphere.told("cyverse");
  await atmosphere.tested("cyverse");
  await atmosphere.deployed("cyverse");

  heading("Jetstream, for the first time: from the dumps of the old production");
  const { atmo_prod, troposphere } = atmospherePlaces.jetstream.databases;
  const dumps = atmosphere.dump("cyverse");
  atmosphere.pin("jetstream", { release: "v37-2", schema: "37.2", pins: first });
  atmosphere.edit("jetstream", "jetstream's first deployment", (file) => {
    file.set(["lane"], { kind: "first-time", reason: "the old production moves", by: "Sarah" });
    file.set(["data", "store", "load"], { [atmo_prod]: dumps.atmosphere, [troposphere]: dumps.troposphere });
  });
  await atmosphere.told("jetstream");
  await atmosphere.deployed("jetstream");

  heading("beta: a new Atmosphere, with a migration of both databases");
  const next = { atmosphere: await atmosphere.build("atmosphere", "v37-4", "37.4") };
  atmosphere.pin("beta", { release: "v37-4", schema: "37.4", pins: next });
  show(`${atmosphere.work.git("show", "--unified=0", "--format=", "--", "Pulumi.beta.yaml")}\n`);
  await atmosphere.deployed("beta");

  heading("once more: nothing changes");
  const again = await atmosphere.up("beta", "--expect-no-changes");
  if (again.code !== 0) throw new Error("a second up of beta would change something (rule X3)");

  heading("CyVerse: told, tested on beta, under maintenance in both services until it is verified");
  await atmosphere.promoted("cyverse");
  await atmosphere.told("cyverse");
  await atmosphere.tested("cyverse");
  await atmosphere.deployed("cyverse");
  await atmosphere.slipway("maintenance", "status", "cyverse");

  heading("the way back of CyVerse: its former stack file; both databases, both services");
  atmosphere.goBack("cyverse", "v37-2", "v37-4");
  await atmosphere.deployed("cyverse");
}

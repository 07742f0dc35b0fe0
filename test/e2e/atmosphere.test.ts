import { strict as assert } from "node:assert";
import { Atmosphere, type Pin } from "../../tools/examples/atmosphere";
import {
  type AtmosphereEnvironment,
  atmospherePlaces,
  type AtmosphereService,
  atmosphereServices,
  databaseOf,
} from "../../tools/examples/atmosphere-places";
import { up } from "../../tools/environment/environment";
import { providePostgres } from "../../tools/postgresql/programs";
import { embedded, embeddedState } from "../embedded";
import { failsWith, succeeds } from "./nmdc";

const migrations = "migrations/atmosphere/37.2-to-37.4";
const older = { atmosphere: "core.0119_quota", troposphere: "api.0012_site_metadata" };
const newer = { atmosphere: "core.0120_size_root_gb", troposphere: "api.0013_pending_requests" };
const foreign = "power cut in the machine room";

describe("Atmosphere, from beta to two sites (needs a real node and PostgreSQL)", function () {
  this.timeout(1_200_000);
  let atmosphere: Atmosphere;
  let pins: Record<AtmosphereService, Pin>;
  let first: Record<AtmosphereService, Pin>;

  before("three environments, each with its namespace and its two databases", async function () {
    if ((await embedded()).node === "played") this.skip(); // Nothing can be run in a played node's pods: needs a real one.
    const programs = await providePostgres();
    if (programs.kind === "none") {
      console.error(`skipped: this machine lacks ${programs.lacks}`);
      this.skip();
    }
    const environment = await up({ state: embeddedState, postgresql: true });
    atmosphere = await Atmosphere.create(environment, embeddedState);
    pins = first = {
      atmosphere: await atmosphere.build("atmosphere", "v37-2", "37.2"),
      troposphere: await atmosphere.build("troposphere", "v36-6", "37.2"),
    };
  });

  it("A16: beta is refused what stops first, where no window says when", async () => {
    atmosphere.pin("beta", { release: "v37-2", schema: "37.2", pins });
    const strategy = ["services", "atmosphere", "strategy"] as const;
    atmosphere.edit("beta", "stop first", (file) => {
      file.set(strategy, "stop-first");
    });
    failsWith(await atmosphere.slipway("check", "beta"), /^✗ A16 [^]*: stop-first without a window$/m);
    atmosphere.edit("beta", "roll", (file) => {
      file.set(strategy, "rolling");
    });
  });

  it("A7, A11: beta: two services with tags of their own, and both databases looked through; a second up changes nothing", async () => {
    await atmosphere.deployed("beta");
    await assertStands("beta", pins, older);
    succeeds(await atmosphere.up("beta", "--expect-no-changes"));
  });

  it("A2, A3, A4, A9: cyverse is refused while nobody is told and nobody has tested beta; nothing is touched", async () => {
    await atmosphere.promoted("cyverse");
    failsWith(await atmosphere.up("cyverse"), /A2 .*not done/, /A3 /, /A4 /, /A9 .*nobody signed/);
    assert.deepEqual(await atmosphere.platforms.cyverse.images(), {});
  });

  it("A2, A3, A4, A9, A16: cyverse, told in time and tested: what beta runs, pulled before anything stops", async () => {
    await atmosphere.told("cyverse");
    await atmosphere.tested("cyverse");
    await atmosphere.deployed("cyverse");
    await assertStands("cyverse", pins, older);
    const { namespace } = atmosphere.platforms.cyverse;
    for (const name of atmosphereServices) {
      const { spec } = await atmosphere.platforms.cyverse
        .apps()
        .readNamespacedDeployment({ name, namespace });
      assert.equal(spec?.strategy?.type, "Recreate");
    }
  });

  it("A5: jetstream is refused until its tech team knows; the status page is none of its rules", async () => {
    atmosphere.pin("jetstream", { release: "v37-2", schema: "37.2", pins });
    atmosphere.edit("jetstream", "jetstream's first deployment", (file) => {
      const { atmo_prod, troposphere } = atmospherePlaces.jetstream.databases;
      const files = atmosphere.dump("cyverse");
      file.set(["lane"], { kind: "first-time", reason: "the old production moves", by: "Sarah" });
      file.set(["data", "store", "load"], {
        [atmo_prod]: files.atmosphere,
        [troposphere]: files.troposphere,
      });
    });
    failsWith(await atmosphere.slipway("check", "jetstream"), /^✗ A5 /m, /^✓ A4 /m);
  });

  it("A5, A11: jetstream's first deployment, from the dumps of the old production", async () => {
    await atmosphere.told("jetstream");
    await atmosphere.deployed("jetstream");
    await assertStands("jetstream", pins, older);
    assert.deepEqual(await sizes("jetstream"), await sizes("cyverse"));
  });

  it("A19: a hot-fix that stops first is refused; one that rolls goes without window, notice and maintenance", async () => {
    const repaired = await atmosphere.build("atmosphere", "v37-3", "37.2");
    atmosphere.pin("cyverse", { release: "v37-3", schema: "37.2", pins: { atmosphere: repaired } });
    atmosphere.edit("cyverse", "a hot-fix", (file) => {
      file.set(["lane"], { kind: "hot-fix", reason: "nobody can log in", by: "Julian" });
      file.remove(["window"]);
    });
    failsWith(await atmosphere.slipway("check", "cyverse"), /^✗ A19 [^]*: stop-first$/m);
    atmosphere.edit("cyverse", "a hot-fix that rolls", (file) => {
      for (const service of atmosphereServices) file.set(["services", service, "strategy"], "rolling");
    });
    await atmosphere.deployed("cyverse");
    await assertStands("cyverse", { ...pins, atmosphere: repaired }, older);
    for (const service of atmosphereServices) assert.deepEqual(await titles("cyverse", service), []);
  });

  it("A20: a migration that fails in the second database leaves both, and the images, as they are", async () => {
    pins = {
      ...pins,
      atmosphere: await atmosphere.build("atmosphere", "v37-4", "37.4", { kind: "never-ready" }),
    };
    atmosphere.pin("beta", { release: "v37-4", schema: "37.4", pins });
    const file = `${migrations}/troposphere/01-site-metadata.sql`;
    const good = atmosphere.work.read(file);
    atmosphere.work.write(file, good.replace("TABLE site_metadata", "TABLE site_metadta"));
    atmosphere.work.commit("a slip of the pen");
    failsWith(await atmosphere.up("beta"), /01-site-metadata\.sql.*site_metadta/);
    atmosphere.work.write(file, good);
    atmosphere.work.commit("the migration again as it was");
    await assertFirstStandsOnBeta();
  });

  it("N16: a service that never becomes ready: both databases and both images go back", async () => {
    atmosphere.edit("beta", "do not wait for ever", (file) => {
      file.set(["services", "atmosphere", "readyWithin"], 20);
    });
    failsWith(await atmosphere.up("beta"), /atmosphere/);
    await assertFirstStandsOnBeta();
  });

  it("A11, A20: beta: both databases dumped, migrated and swapped together, and new images; a second up changes nothing", async () => {
    pins = { ...pins, atmosphere: await atmosphere.build("atmosphere", "v37-5", "37.4") };
    atmosphere.pin("beta", { release: "v37-5", schema: "37.4", pins });
    await atmosphere.deployed("beta");
    await assertStands("beta", pins, newer);
    succeeds(await atmosphere.up("beta", "--expect-no-changes"));
  });

  it("A12, A17, A18: cyverse: maintenance in both, before the data is touched; a failed test keeps it on, a foreign one stays", async () => {
    atmosphere.work.git("checkout", "cyverse-v37-2", "--", "Pulumi.cyverse.yaml");
    await atmosphere.promoted("cyverse");
    await atmosphere.told("cyverse");
    await tell("troposphere", foreign);
    atmosphere.edit("cyverse", "a test that asks for what is not there", (file) => {
      file.set(["verification", "answers", "0", "path"], "/use-and-test");
      file.set(["verification", "within"], 3);
    });
    await atmosphere.tested("cyverse");
    assert.match((await atmosphere.slipway("check", "cyverse")).output, /^! A18 [^]*power cut/m);
    failsWith(
      await atmosphere.up("cyverse"),
      /STAYS ON until: slipway maintenance stop cyverse/,
      /troposphere has one that is not ours, and keeps it: power cut/,
    );
    await atmosphere.data.cyverse.settled();
    const [ours = "", ...others] = await titles("cyverse", "atmosphere");
    assert.match(ours, /^\S+ v37-5 deployment$/);
    assert.deepEqual(others, []);
    assert.deepEqual(await titles("cyverse", "troposphere"), [foreign, ours]);
    const [message] = await rows<{ message: string }>(
      "cyverse",
      "atmosphere",
      "SELECT message FROM maintenance_record",
    );
    assert.match(
      message?.message ?? "",
      /^Atmosphere is down for a Scheduled Maintenance, Today between .* MST\.$/,
    );
  });

  it("A12, A17, A20: cyverse, tested well: both databases and both services, then ours alone is ended; a second up changes nothing", async () => {
    atmosphere.edit("cyverse", "the test again as it was", (file) => {
      file.set(["verification", "answers", "0", "path"], "/version");
      file.set(["verification", "within"], 60);
    });
    await atmosphere.tested("cyverse");
    await atmosphere.deployed("cyverse");
    await assertStands("cyverse", pins, newer);
    assert.deepEqual(await titles("cyverse", "atmosphere"), []);
    assert.deepEqual(await titles("cyverse", "troposphere"), [foreign]);
    succeeds(await atmosphere.up("cyverse", "--expect-no-changes"));
  });

  it("N18, A14, A17: the way back of cyverse: its former stack file, both databases, both images, and nobody is locked out", async () => {
    atmosphere.goBack("cyverse", "v37-2", "v37-5");
    await atmosphere.deployed("cyverse");
    await assertStands("cyverse", first, older);
    assert.deepEqual(await titles("cyverse", "atmosphere"), []);
    assert.deepEqual(await titles("cyverse", "troposphere"), [foreign]);
    await assertStands("beta", pins, newer);
  });

  function rows<Row extends object>(
    environment: AtmosphereEnvironment,
    service: AtmosphereService,
    statement: string,
  ): Promise<readonly Row[]> {
    const database = atmospherePlaces[environment].databases[databaseOf[service]];
    return atmosphere.data[environment].rows<Row & Record<string, unknown>>(database, statement);
  }

  /** Titles of what a service tells its users now, oldest first. */
  async function titles(
    environment: AtmosphereEnvironment,
    service: AtmosphereService,
  ): Promise<readonly string[]> {
    const active = "SELECT title FROM maintenance_record WHERE end_date IS NULL ORDER BY start_date";
    return (await rows<{ title: string }>(environment, service, active)).map(({ title }) => title);
  }

  /** A maintenance on cyverse that is not ours. */
  async function tell(service: AtmosphereService, title: string): Promise<void> {
    const database = atmospherePlaces.cyverse.databases[databaseOf[service]];
    await atmosphere.data.cyverse.rowsAsUser(
      database,
      `INSERT INTO maintenance_record (title, message, start_date, disable_login) VALUES ('${title}', '', now(), true)`,
    );
  }

  function sizes(environment: AtmosphereEnvironment): Promise<readonly object[]> {
    return rows(environment, "atmosphere", "SELECT * FROM size ORDER BY id");
  }

  async function assertFirstStandsOnBeta(): Promise<void> {
    await atmosphere.data.beta.settled();
    await assertStands("beta", first, older);
  }

  /** Every pod runs what is pinned, each service finds this last migration in its database, and users can write to both. */
  async function assertStands(
    environment: AtmosphereEnvironment,
    built: Readonly<Record<AtmosphereService, Pin>>,
    schemas: Readonly<Record<AtmosphereService, string>>,
  ): Promise<void> {
    const running = await atmosphere.platforms[environment].images();
    for (const service of atmosphereServices) {
      const image = running[service] ?? "";
      assert.ok(image.endsWith(`/cyverse/${service}:${built[service].tag}@${built[service].digest}`), image);
      const answer = await atmosphere.platforms[environment].ask(service, 8000, "/version");
      assert.equal((answer as { schema: string }).schema, schemas[service]);
      const database = atmospherePlaces[environment].databases[databaseOf[service]];
      await atmosphere.data[environment].rowsAsUser(database, "UPDATE django_migrations SET name = name");
    }
  }
});

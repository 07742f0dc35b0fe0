import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withMaintenance } from "../../../cli/maintenance-place";
import { noticeOf } from "../../../lib/release/maintenance/notice";
import { previewOf } from "../../../lib/release/maintenance/preview";
import { DateTime } from "luxon";
import { firstStart } from "../../data/server";
import { scratch } from "../../scratch";
import { MaintainedWorld } from "./maintained-world";
import { refusalOf } from "../../refusal";

const title = "2019-06-16 v36-1 deployment";
const message = "Atmosphere is down for a Scheduled Maintenance, Today between 9am - 4pm MST.";
const nowhere = { atmosphere: [], troposphere: [] };
const everywhere = { atmosphere: [title], troposphere: [title] };

describe("maintenance in two services that keep real records", function () {
  this.timeout(60_000);
  let world: MaintainedWorld;

  before(async function () {
    this.timeout(firstStart);
    world = await MaintainedWorld.start();
  });
  beforeEach(() => world.empty());
  after(() => world.stop());

  const refused = async (action: Promise<unknown>): Promise<string> => (await refusalOf(action)).message;

  it("A12: starts in both, with the same title and message of the window's local times", async () => {
    await world.start(world.config());
    for (const service of ["atmosphere", "troposphere"]) {
      const [record, ...more] = await world.records(service);
      assert.ok(record && more.length === 0);
      assert.deepEqual([record.title, record.message, record.end_date], [title, message, null]);
    }
  });

  it("A12: where the second start fails, the first is ended again, and nothing is on", async () => {
    const broken = world.config({ troposphere: { start: ["false", "{title}", "{message}"] } });
    const said = await refused(world.start(broken));
    assert.match(
      said,
      /services\.troposphere: found start failed: exit code 1.*in every service, or in none/,
    );
    assert.deepEqual(await world.on(), nowhere);
    assert.equal((await world.records("atmosphere")).length, 1, "it was on in the first for a moment");
    assert.equal((await world.ledger())?.state, "ended");
    assert.ok(world.lines.includes(`maintenance: ended again in atmosphere: ${title}`));
  });

  it("A12: a start that ends well but is not shown counts as failed", async () => {
    const idle = world.config({ troposphere: { start: ["true", "{title}", "{message}"] } });
    assert.match(await refused(world.start(idle)), /its show does not have it/);
    assert.deepEqual(await world.on(), nowhere);
  });

  it("A12: a start whose connection broke after its work counts as done", async () => {
    const program = world.command("troposphere").join(" ");
    const breaks = [
      "sh",
      "-c",
      `${program} start --title "$1" --message "$2"; exit 1`,
      "sh",
      "{title}",
      "{message}",
    ];
    await world.start(world.config({ troposphere: { start: breaks } }));
    assert.deepEqual(await world.on(), everywhere);
  });

  it("A12: where the first cannot be ended again either, the refusal names it, and the command that ends it", async () => {
    const broken = world.config({
      atmosphere: { stop: ["false", "{title}"] },
      troposphere: { start: ["false", "{title}", "{message}"] },
    });
    const said = await refused(world.start(broken));
    assert.match(said, /2 problems/);
    assert.match(said, /services\.atmosphere: .*is still on.*slipway maintenance stop prod/);
    assert.deepEqual(await world.on(), { ...nowhere, atmosphere: [title] });
    await world.end(world.config());
    assert.deepEqual(await world.on(), nowhere);
  });

  it("A12: a service that does not say what is on stops the start before it begins; one that hangs too", async () => {
    const blind = world.config({ troposphere: { show: ["echo", "Maintenance: none"] } });
    assert.match(
      await refused(world.start(blind)),
      /services\.troposphere: found show printed no list of what is on/,
    );
    const hanging = { ...world.config({ troposphere: { show: ["sleep", "60"] } }), timeout: 1 };
    assert.match(await refused(world.start(hanging)), /not done within 1 s/);
    assert.deepEqual(await world.records("atmosphere"), []);
  });

  it("A12: a second start is no second record, also on the next day", async () => {
    await world.start(world.config());
    await world.start(world.config(), "v36-1", "2019-06-17T16:00:00Z");
    assert.deepEqual(await world.on(), everywhere);
    assert.equal((await world.records("atmosphere")).length, 1);
    assert.ok(world.lines.includes(`maintenance: on already in troposphere: ${title}`));
  });

  it("A12: a start that was killed between two services is gone on with, and ended as a whole", async () => {
    const own = await world.start(world.config());
    // As if the process had died after the first service: its record is there, the ledger says "starting".
    await world.end(world.config({ atmosphere: { show: ["echo", "[]"] } }));
    await world.leave({ ...own, state: "starting" });
    assert.deepEqual(await world.on(), { atmosphere: [title], troposphere: [] });
    await world.start(world.config());
    assert.deepEqual(await world.on(), everywhere);
    await world.end(world.config());
    assert.deepEqual(await world.on(), nowhere);
  });

  it("A12: the next release takes over from one that was kept on: its own title, and no moment without", async () => {
    await world.start(world.config());
    await world.start(world.config(), "v36-2", "2019-06-17T16:00:00Z");
    const next = "2019-06-17 v36-2 deployment";
    assert.deepEqual(await world.on(), { atmosphere: [next], troposphere: [next] });
    const [first, second] = await world.records("atmosphere");
    assert.ok(first?.end_date && second && second.start_date <= first.end_date);
    await world.end(world.config());
    assert.deepEqual(await world.on(), nowhere);
  });

  it("A17: ending is on record: who, and when; ending again does nothing", async () => {
    await world.start(world.config());
    await world.end(world.config(), "ben");
    assert.deepEqual((await world.ledger())?.ended, { by: "ben", at: "2019-06-16T17:00:00Z" });
    const before = await world.records("atmosphere");
    assert.deepEqual(await world.end(world.config()), []);
    assert.deepEqual(await world.records("atmosphere"), before);
  });

  it("A17: an ended one that a way back brings again, with the data that keep it, is ours still, and ended", async () => {
    await world.foreign("troposphere", "power cut");
    await world.start(world.config());
    await world.end(world.config());
    await world.bringBack("troposphere", title);
    await world.start(world.config(), "v36-0", "2019-06-17T16:00:00Z");
    assert.ok(world.lines.includes(`maintenance: ended in troposphere: ${title}, of an earlier release`));
    await world.bringBack("troposphere", title);
    await world.end(world.config());
    assert.deepEqual(await world.on(), { ...nowhere, troposphere: ["power cut"] });
    await world.bringBack("troposphere", title);
    const ended = await world.end(world.config());
    assert.deepEqual(
      ended.map(({ service, ended: titles }) => [service, titles]),
      [["troposphere", [title]]],
    );
  });

  it("A18: ends ours alone; foreign ones are named at the start and stay on", async () => {
    await world.foreign("atmosphere", "power cut in the machine room");
    await world.start(world.config());
    assert.ok(
      world.lines.some((line) => /warning: atmosphere has one that is not ours.*power cut/.test(line)),
      world.lines.join("\n"),
    );
    await world.end(world.config());
    assert.deepEqual(await world.on(), { atmosphere: ["power cut in the machine room"], troposphere: [] });
  });

  it("A18: a stop that ends all is run only where ours alone is on", async () => {
    const all = world.config({ atmosphere: { stop: world.command("atmosphere", "stop") } });
    await world.start(all);
    await world.foreign("atmosphere", "power cut");
    const said = await refused(world.end(all));
    assert.match(said, /"power cut", which is not ours, and a stop that ends all/);
    assert.deepEqual(await world.on(), { atmosphere: [title, "power cut"], troposphere: [] });
    await world.empty();
    await world.start(all);
    await world.end(all);
    assert.deepEqual(await world.on(), nowhere);
  });

  it("A18: a stop that says it ends one but ends all is found out", async () => {
    const stop = ["sh", "-c", world.command("atmosphere", "stop").join(" "), "{title}"];
    const lying = world.config({ atmosphere: { stop } });
    await world.start(lying);
    await world.foreign("atmosphere", "power cut");
    assert.match(await refused(world.end(lying)), /"power cut", which is not ours, is no longer on/);
  });

  it("A18: that nothing is on is no error", async () => {
    await world.start(world.config());
    for (const service of ["atmosphere", "troposphere"]) await stopAll(service);
    assert.deepEqual(
      (await world.end(world.config())).flatMap(({ ended }) => ended),
      [],
    );
    assert.equal((await world.ledger())?.state, "ended");
  });

  it("A17: a service where it cannot be ended does not keep the others, and is ended by the next stop", async () => {
    await world.start(world.config());
    const broken = world.config({ atmosphere: { stop: ["false", "{title}"] } });
    assert.match(
      await refused(world.end(broken)),
      /services\.atmosphere: found .*is still on \(stop failed: exit code 1/,
    );
    assert.deepEqual(await world.on(), { atmosphere: [title], troposphere: [] });
    await world.end(world.config());
    assert.deepEqual(await world.on(), nowhere);
  });

  it("A17: a service that left the stack file while it was on is not forgotten", async () => {
    await world.start(world.config());
    const services = Object.fromEntries(
      Object.entries(world.config().services).filter(([name]) => name === "atmosphere"),
    );
    assert.match(
      await refused(world.end({ ...world.config(), services })),
      /services\.troposphere.*put troposphere back/,
    );
    await world.end(world.config());
    assert.deepEqual(await world.on(), nowhere);
  });

  it("A13: a proxy's page is one more service, swapped with the others and back", async () => {
    const page = join(scratch("proxy"), "maintenance.json");
    const shell = (script: string, ...words: string[]): string[] => ["sh", "-c", script, page, ...words];
    const proxy = {
      in: "process" as const,
      start: shell(`printf '[{"title": "%s", "message": "%s"}]' "$1" "$2" > "$0"`, "{title}", "{message}"),
      stop: shell(`rm "$0"`),
      show: shell(`cat "$0" 2> /dev/null || echo "[]"`),
    };
    const config = (change: Parameters<typeof world.config>[0] = {}): ReturnType<typeof world.config> => {
      const { services, ...rest } = world.config(change);
      return { ...rest, services: { proxy, ...services } };
    };
    await refused(world.start(config({ troposphere: { start: ["false", "{title}", "{message}"] } })));
    assert.ok(!existsSync(page), "swapped back, as one service was not closed");
    await world.start(config());
    assert.deepEqual(JSON.parse(readFileSync(page, "utf8")), [{ title, message }]);
    await world.end(config());
    assert.ok(!existsSync(page));
    assert.deepEqual(await world.on(), nowhere);
  });

  it("A12, X2: the preview says what would be told, tries the start without effect, and writes nothing", async () => {
    await world.foreign("troposphere", "power cut");
    const lines = await withMaintenance(
      world.spec(),
      world.config({ atmosphere: { dryRun: ["false", "{title}", "{message}"] } }),
      ({ services }) => previewOf(services, undefined, { title, message, start: "", end: "" }),
    );
    assert.deepEqual(lines, [
      `maintenance: would be on in atmosphere, troposphere: ${title}: ${message}`,
      "maintenance: atmosphere: start without effect failed: exit code 1: it said nothing",
      "maintenance: troposphere: on now: power cut (not ours: it stays)",
    ]);
    assert.deepEqual(await world.on(), { atmosphere: [], troposphere: ["power cut"] });
    assert.equal(await world.ledger(), undefined);
  });

  const stopAll = async (service: string): Promise<void> => {
    const config = world.config({ [service]: { stop: world.command(service, "stop") } });
    await withMaintenance(world.spec(), config, async ({ services }) => {
      await services.find(({ name }) => name === service)?.stop("");
    });
  };
});

describe("the notice of a maintenance", () => {
  const at = (iso: string): DateTime<true> => DateTime.fromISO(iso, { zone: "utc" }) as DateTime<true>;
  const window = {
    kind: "once",
    start: "2019-06-16T09:00",
    end: "2019-06-16T16:00",
    zone: "America/Phoenix",
  } as const;
  const request = { name: "Atmosphere", release: "v36-1", window, minutes: 45, zone: "UTC" };

  it("A12: tells the window's times on its own clocks while it is on", () => {
    assert.deepEqual(noticeOf(request, at("2019-06-16T16:30:00Z")), {
      title,
      message,
      start: "2019-06-16T09:00:00.000-07:00",
      end: "2019-06-16T16:00:00.000-07:00",
    });
  });

  it("A12: tells from now on where no window is on, by the window's clocks or the given zone's", () => {
    const early = noticeOf(request, at("2019-06-16T06:30:00Z"));
    assert.equal(early.title, "2019-06-15 v36-1 deployment");
    assert.match(early.message, /between 11:30pm - 2019-06-16 12:15am MST\./);
    const without = noticeOf({ ...request, window: undefined }, at("2019-06-16T06:30:00Z"));
    assert.match(without.message, /between 6:30am - 7:15am UTC\./);
  });
});

import { Refusal } from "../../problem";
import { endIn } from "./end-in";
import { endedBy, everyTitleOf, type MaintenanceLedger, type OwnMaintenance, titlesOf } from "./ledger";
import { type Looked, lookAt, lookAtAll, onIn, placeOf, reason, unknowns } from "./look";
import type { MaintainedService } from "./maintained-service";
import type { Notice } from "./notice";

/** The maintenance that a release wants. */
export interface Wanted {
  readonly environment: string;
  readonly release: string;
  readonly hash: string;
  readonly notice: Notice;
  /** Names this run alone. */
  readonly run: string;
  readonly by: string;
  /** ISO 8601. */
  readonly now: string;
  readonly say: (line: string) => void;
}

/**
 * Puts every service under maintenance, or none (rule A12): where one cannot be, those before it are ended again. Where our own is on
 * already, after a run that failed or was killed, it stays the one record that it is; a former release's, that was kept on, gives way.
 * Foreign ones are named and left alone (rule A18).
 * @returns what is on now, as the ledger has it.
 * @throws Refusal with every reason; nothing of this release is on then, unless the refusal says where.
 */
export async function startMaintenance(
  services: readonly MaintainedService[],
  ledger: MaintenanceLedger,
  wanted: Wanted,
): Promise<OwnMaintenance> {
  const before = await ledger.read();
  const looked = await lookAtAll(services);
  const blind = unknowns(looked, "mend the service or its commands, then: pulumi up");
  if (blind.length > 0) throw new Refusal("maintenance is not started", blind);
  const own = ownOf(before, looked, wanted);
  sayForeign(looked, titlesOf(own), wanted.say);
  await ledger.write(own);
  await startInAll(looked, own, before, ledger, wanted);
  const on = { ...own, state: "on" } as const;
  await ledger.write(on);
  return endFormer(services, on, ledger, wanted);
}

/** Ours as it goes on, or a new one: a title that is on in some service stays, also when its date is yesterday's. */
function ownOf(
  before: OwnMaintenance | undefined,
  looked: readonly Looked[],
  wanted: Wanted,
): OwnMaintenance {
  const { release, hash, run, by, now, notice } = wanted;
  const deployed = looked.filter(({ look }) => look.kind === "there");
  const shown = new Set(looked.flatMap(onIn).map(({ title }) => title));
  const mine = before?.state !== "ended" && before?.release === release && shown.has(before.title);
  const { title, message } = mine ? before : notice;
  const former = everyTitleOf(before).filter((one) => one !== title && shown.has(one));
  const past = before?.past ?? [];
  const told = before === undefined || before.state === "ended" ? [] : before.services;
  const names = [...new Set([...deployed.map(({ service }) => service.name), ...told])];
  return {
    title,
    message,
    former,
    past,
    release,
    hash,
    run,
    services: names,
    state: "starting",
    by,
    at: now,
  };
}

async function startInAll(
  looked: readonly Looked[],
  own: OwnMaintenance,
  before: OwnMaintenance | undefined,
  ledger: MaintenanceLedger,
  wanted: Wanted,
): Promise<void> {
  const { say, notice } = wanted;
  for (const one of looked) {
    const { service, look } = one;
    if (look.kind === "not-deployed") say(`maintenance: not in ${service.name}: ${look.why}`);
    else if (onIn(one).some(({ title }) => title === own.title))
      say(`maintenance: on already in ${service.name}: ${own.title}`);
    else {
      const failed = await startIn(service, { ...notice, title: own.title, message: own.message });
      if (failed !== undefined) throw await takenBack(looked, own, before, ledger, wanted, service, failed);
      say(`maintenance: on in ${service.name}: ${own.title}`);
    }
  }
}

/** What the service shows decides, not how its command ended: a connection that broke may have done its work. */
async function startIn(service: MaintainedService, notice: Notice): Promise<string | undefined> {
  let said = "its start ended well, but its show does not have it";
  await service.start(notice).catch((error: unknown) => {
    said = reason(error);
  });
  const now = await lookAt(service);
  if (now.kind !== "there") return `${said}; ${now.why}`;
  return now.on.some(({ title }) => title === notice.title) ? undefined : said;
}

/** All or nothing: ends it wherever it is on, and says why. */
async function takenBack(
  looked: readonly Looked[],
  own: OwnMaintenance,
  before: OwnMaintenance | undefined,
  ledger: MaintenanceLedger,
  { environment, say }: Wanted,
  failedIn: MaintainedService,
  why: string,
): Promise<Refusal> {
  const mend = `slipway maintenance stop ${environment}`;
  const problems = [
    {
      where: placeOf(failedIn),
      found: why,
      allowed: "maintenance in every service, or in none",
      mend: "mend it, then: pulumi up",
    },
  ];
  for (const { service, look } of looked) {
    if (look.kind !== "there") continue;
    const { ended, problems: left } = await endIn(service, [own.title], mend);
    if (ended.length > 0) say(`maintenance: ended again in ${service.name}: ${own.title}`);
    problems.push(...left);
  }
  if (problems.length === 1) await ledger.write(nothingOn(own, before));
  return new Refusal("maintenance is not started", problems);
}

/** What the ledger says after all was taken back: what it said before, without this title. */
function nothingOn(own: OwnMaintenance, before: OwnMaintenance | undefined): OwnMaintenance {
  const [title, ...former] = own.former;
  if (before === undefined || title === undefined) return endedBy(own, own.by, own.at);
  return { ...before, title, former, state: "on" };
}

/** What earlier releases left on ends once ours is on: users are told once, and are never let in between. */
async function endFormer(
  services: readonly MaintainedService[],
  own: OwnMaintenance,
  ledger: MaintenanceLedger,
  { environment, say }: Wanted,
): Promise<OwnMaintenance> {
  if (own.former.length === 0) return own;
  const left: string[] = [];
  for (const service of services) {
    if (service.stops === "all") continue;
    const { ended, problems } = await endIn(service, own.former, `slipway maintenance stop ${environment}`);
    for (const title of ended) say(`maintenance: ended in ${service.name}: ${title}, of an earlier release`);
    left.push(...problems.map(({ found }) => `${service.name}: ${found}`));
  }
  for (const one of left) say(`maintenance: warning: an earlier release's is still on in ${one}`);
  if (left.length > 0 || services.some(({ stops }) => stops === "all")) return own;
  const alone = { ...own, former: [] };
  await ledger.write(alone);
  return alone;
}

function sayForeign(looked: readonly Looked[], own: readonly string[], say: Wanted["say"]): void {
  for (const one of looked) {
    for (const { title } of onIn(one).filter((record) => !own.includes(record.title)))
      say(`maintenance: warning: ${one.service.name} has one that is not ours, and keeps it: ${title}`);
  }
}

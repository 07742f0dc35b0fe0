import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { providePostgres } from "../../tools/postgresql/programs";
import { median } from "../median";
import { type ReleaseFigures, timedRelease } from "../timed-release";
import { Verdicts } from "../verdicts";
import { dumpAndRestore } from "./bare-tools";
import { BenchServer } from "./bench-server";
import { benchSpec, jobs } from "./bench-spec";
import { processorSeconds } from "./processor-seconds";
import { promises } from "./promises";
import { BenchWriter } from "./writer";

const old = "1.0.0";
const next = "2.0.0";
/** What the release's own dump is compressed with. */
const ourCompression = 1;

/** One round, all on the same server and data. */
interface Round {
  readonly release: ReleaseFigures;
  /** Times the processor seconds that the bare tools and the server take, the release and the server do. */
  readonly work: number;
  /** The same release while somebody writes. */
  readonly written: ReleaseFigures;
  readonly back: ReleaseFigures;
  readonly bare: number;
  /** With the compression that the release's dump has. */
  readonly bareAlike: number;
}

/** The whole release against a bare pg_dump and pg_restore of the same database; interleaved, medians. */
export async function postgresBench(rounds: number, megabytes: number): Promise<boolean> {
  const programs = await providePostgres();
  if (programs.kind === "none") {
    console.log(`PostgreSQL was not measured: this machine lacks ${programs.lacks}`);
    return true;
  }
  const found = await measure(await BenchServer.start(programs, megabytes), rounds);
  const times = (of: (round: Round) => number): number => median(found.map(of));
  const verdicts = new Verdicts();
  const ratio = times(({ release }) => release.seconds) / times(({ bare }) => bare);
  const alike = times(({ release }) => release.seconds) / times(({ bareAlike }) => bareAlike);
  const same = `; ${alike.toFixed(2)} where that compresses no more than ours`;
  verdicts.atMost(`times a bare pg_dump + pg_restore${same}`, ratio, promises.timesBare);
  for (const [what, of] of [
    ["", ({ release }: Round) => release],
    [", where users write meanwhile", ({ written }: Round) => written],
  ] as const) {
    const share = times((round) => of(round).closed / of(round).seconds);
    verdicts.atMost(`of the release writes are closed${what}`, share, promises.closedShare);
  }
  const back = Math.max(...found.map((round) => round.back.seconds));
  verdicts.atMost("seconds: the way back, the slowest", back, promises.wayBackSeconds);
  const peak = Math.max(...found.map(({ release, written }) => Math.max(release.peak, written.peak)));
  verdicts.atMost("MiB, all our processes together", peak, promises.peakMiB);
  verdicts.print();
  return verdicts.kept;
}

async function measure(server: BenchServer, rounds: number): Promise<readonly Round[]> {
  const dumps = await mkdtemp(join(tmpdir(), "slipway-bench-dumps-"));
  const found: Round[] = [];
  const to = (version: string): Promise<ReleaseFigures> => timedRelease(benchSpec(server, version, dumps));
  try {
    const size = (await server.megabytes()).toFixed(0);
    console.log(`PostgreSQL, ${size} MB; one round to warm up, ${rounds} that count, ${jobs} jobs`);
    await to(old);
    const pid = await server.pid();
    for (let round = 0; round <= rounds; round++) {
      const begun = processorSeconds(pid);
      const release = await to(next);
      const ours = processorSeconds(pid) - begun;
      const back = await to(old);
      const then = processorSeconds(pid);
      const bare = await dumpAndRestore(server, jobs);
      const work = ours / (processorSeconds(pid) - then);
      const writer = new BenchWriter(server);
      const written = await to(next).finally(() => writer.stop());
      await to(old);
      const bareAlike = await dumpAndRestore(server, jobs, ourCompression);
      await rm(dumps, { recursive: true, force: true });
      const figures = { release, work, written, back, bare, bareAlike };
      console.log(`  ${round === 0 ? "warm-up" : `round ${round}`}: ${shown(figures)}`);
      if (round > 0) found.push(figures);
    }
  } finally {
    await rm(dumps, { recursive: true, force: true });
    await server.stop();
  }
  return found;
}

function shown({ release, work, written, back, bare, bareAlike }: Round): string {
  return [
    `release ${told(release)}, ${work.toFixed(2)} times the bare tools' processor time, the server's included`,
    `while users write ${told(written)}`,
    `way back ${back.seconds.toFixed(2)} s`,
    `bare tools ${bare.toFixed(1)} s, with our compression ${bareAlike.toFixed(1)} s`,
  ].join("; ");
}

function told({ seconds, closed, cpu, peak, record }: ReleaseFigures): string {
  const stages = Object.entries(record.durations)
    .filter(([, took]) => took >= 500)
    .map(([stage, took]) => `${stage} ${(took / 1000).toFixed(1)}`);
  const inside = [
    `closed ${closed.toFixed(2)} s`,
    ...stages,
    `${cpu.toFixed(1)} s of processors`,
    `peak ${peak.toFixed(0)} MiB`,
  ];
  return `${seconds.toFixed(1)} s (${inside.join(", ")})`;
}

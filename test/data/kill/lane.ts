import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import { scratch } from "../../scratch";
import { EngineRun, nextOf, releaseAndConfirm } from "../engine-run";
import { play, playOnKilledServer, recover, type Recovery, type Scenario } from "./matrix";
import type { MatrixStore } from "./matrix-store";
import type { MatrixRow } from "./matrix-table";

/** Content hashes, by collection or table. */
export type Content = Readonly<Record<string, string>>;

/** A run that nobody disturbs. */
export interface Undisturbed {
  /** Names of all instants at which the scenario's process may die, in order. */
  readonly instants: readonly string[];
  /** What it ended with. */
  readonly content: Content;
}

/** One instant at which something is killed, and what goes on afterwards. */
export interface Attempt {
  readonly scenario: Scenario;
  readonly victim: MatrixRow["victim"];
  /** Which of the scenario's instants, from 1 on. */
  readonly at: number;
  readonly recovery: Recovery;
  /** What the release ends with where it is released. */
  readonly released: Content;
}

/** A server of its own on which attempts are made one after the other; lanes go side by side, as much of an attempt is waiting. */
export class Lane {
  #adopted: Promise<() => Promise<ReleaseSpec>> | undefined;
  #released: Promise<() => Promise<ReleaseSpec>> | undefined;

  constructor(
    readonly store: MatrixStore,
    private readonly entry: string,
  ) {}

  /** Plays a scenario to its end. */
  async undisturbed(scenario: Scenario): Promise<Undisturbed> {
    const list = join(scratch("kill"), "instants");
    const spec = await this.#begin(scenario);
    await play(this.entry, this.store, spec, scenario, { KILL_LIST: list });
    const instants = readFileSync(list, "utf8").trimEnd().split("\n");
    return { instants, content: await this.store.contentOf(spec) };
  }

  /** Kills, goes on from elsewhere, and looks. @returns how it ended, and what is wrong afterwards. */
  async attempt(tried: Attempt): Promise<{ readonly end: string; readonly wrong: string | undefined }> {
    const { store } = this;
    const spec = await this.#begin(tried.scenario);
    const old = await store.contentOf(spec);
    const end = await this.#kill(tried, spec);
    if (end !== "SIGKILL") return { end, wrong: `it was not killed: ${end}` };
    const run = await recover(store, spec, tried.recovery);
    const status = new EngineRun({ do: "status", spec }, store.processor);
    await status.ended;
    const { open, writes, last } = status.last("status").status;
    const isReleased = last?.outcome === "released" && last.hash === spec.hash;
    const wrong = async (): Promise<string | undefined> => {
      if (open !== undefined || writes !== "open")
        return `still open: ${JSON.stringify(open)}; ${run.said()}`;
      if (tried.recovery === "release" && last?.outcome !== "released") return `not released: ${run.said()}`;
      const content = JSON.stringify(await store.contentOf(spec));
      if (content !== JSON.stringify(isReleased ? tried.released : old)) return `another content: ${content}`;
      if (!(await store.mayWrite(spec))) return "writes are closed";
      const left = await store.leftBeside(spec);
      return left.length > 0 ? `left behind: ${left.join(", ")}` : store.spoilt(spec);
    };
    return { end: last?.outcome ?? "nothing", wrong: await wrong() };
  }

  async #kill({ victim, at, scenario }: Attempt, spec: ReleaseSpec): Promise<string> {
    const { store, entry } = this;
    if (victim === "engine") return play(entry, store, spec, scenario, { KILL_AT: String(at) });
    if (store.restartServer === undefined) throw new Error("the server is not ours to kill");
    return playOnKilledServer(store, store.restartServer, spec, scenario, at);
  }

  /** A database at the point where the scenario's release begins. @returns that release. */
  async #begin(scenario: Scenario): Promise<ReleaseSpec> {
    const first = await (scenario === "way back" ? this.#afterSecond() : this.#afterFirst());
    const next = this.store.placed(nextOf(first, "2.0.0"));
    if (scenario === "code first") return { ...next, order: "code-first" };
    if (scenario !== "way back") return next;
    return { ...nextOf(next, "1.0.0"), hash: "sha256:back", order: "code-first" };
  }

  /** Released once. */
  async #afterFirst(): Promise<ReleaseSpec> {
    const { store } = this;
    this.#adopted ??= store.again(async () => {
      const first = await store.fill("kill");
      await releaseAndConfirm(first, store.processor);
      return first;
    });
    return (await this.#adopted)();
  }

  /** Released twice, so that there is a way back. */
  async #afterSecond(): Promise<ReleaseSpec> {
    const { store } = this;
    this.#released ??= store.again(async () => {
      const first = await this.#afterFirst();
      await releaseAndConfirm(nextOf(first, "2.0.0"), store.processor);
      return first;
    });
    return (await this.#released)();
  }
}

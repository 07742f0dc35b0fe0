import type { Backup } from "../data-facts";
import type { Facts } from "../facts";
import type { Gate } from "../gate";
import { given, pass, refuse, warn, type Judgement } from "../judgement";
import { inConfig, problem } from "../per";
import type { Policy } from "../policy";
import { a11first } from "./lanes";

/** Judges the newest backup of every store that the release owns. */
function perStore(facts: Facts, judge: (backup: Backup, store: string) => Judgement): readonly Judgement[] {
  return given(facts.data.backups, (backups, evidence) =>
    facts.data.stores.length === 0
      ? [pass({ ...evidence, what: "no store is released" })]
      : facts.data.stores.map((store) => {
          const newest = backups
            .filter((backup) => backup.store === store)
            .reduce<Backup | undefined>(
              (last, one) => (last === undefined || Date.parse(one.at) > Date.parse(last.at) ? one : last),
              undefined,
            );
          if (newest === undefined)
            return refuse(problem(evidence.where, `no backup of ${store}`, "one", `back up ${store}`), store);
          if (newest.bytes === 0)
            return refuse(
              problem(newest.name, "0 bytes", "a backup with something in it", `back up ${store} again`),
              store,
            );
          return judge(newest, store);
        }),
  );
}

function shown(backup: Backup): {
  readonly what: string;
  readonly where: string;
  readonly when: string;
  readonly by: string;
} {
  return {
    what: `${backup.bytes} bytes, ${backup.hash.slice(0, 19)}`,
    where: backup.name,
    when: backup.at,
    by: "backup",
  };
}

/** F24: the newest backup is at most an hour old. */
export const f24: Gate = {
  id: "F24",
  title: "there is a fresh backup",
  phase: "before",
  judge: (policy, facts) =>
    perStore(facts, (backup, store) => {
      const minutes = (Date.parse(facts.now) - Date.parse(backup.at)) / 60_000;
      const { backupMinutes } = policy.limits;
      if (minutes <= backupMinutes) return pass(shown(backup), store);
      return refuse(
        problem(
          backup.name,
          `${Math.floor(minutes)} minutes old`,
          `at most ${backupMinutes}`,
          `back up ${store}, then release`,
        ),
        store,
      );
    }),
};

/** H20: today's backup exists. */
export const h20: Gate = {
  id: "H20",
  title: "today's backup exists",
  phase: "before",
  judge: (_policy, facts) =>
    perStore(facts, (backup, store) => {
      const day = facts.now.slice(0, 10);
      const made = new Date(backup.at).toISOString().slice(0, 10);
      if (made === day) return pass(shown(backup), store);
      return refuse(
        problem(backup.name, `of ${made}`, `of today, ${day} (UTC)`, `back up ${store}, then release`),
        store,
      );
    }),
};

/** H21: the backup was restored, and held at least so many documents. */
export const h21: Gate = {
  id: "H21",
  title: "the backup was restored and holds enough",
  phase: "before",
  judge: (policy, facts) =>
    perStore(facts, (backup, store) => {
      const { restored } = backup;
      const mend = `restore ${backup.name} on a copy and count`;
      if (restored === undefined)
        return refuse(problem(backup.name, "never restored", "a backup that was restored", mend), store);
      const few = Object.entries(policy.limits.restoredAtLeast).filter(
        ([name, least]) => (restored.counts[name] ?? 0) < least,
      );
      const counted = few.map(([name]) => `${restored.counts[name] ?? 0} ${name}`).join(", ");
      const allowed = few.map(([name, least]) => `at least ${least} ${name}`).join(", ");
      if (few.length > 0)
        return refuse(
          problem(backup.name, counted, allowed, "find out what is missing before you release"),
          store,
        );
      return pass(
        {
          ...shown(backup),
          what: `restored ${restored.at}, ${Object.keys(restored.counts).length} collections counted`,
        },
        store,
      );
    }),
};

/** H22: how the data comes back is written down before it is touched. */
export const h22: Gate = {
  id: "H22",
  title: "the way back is written in the record",
  phase: "before",
  judge: (policy, facts) =>
    perStore(facts, (backup, store) =>
      pass({ ...shown(backup), what: restoreText(policy, store, backup) }, store),
    ),
};

/** The runbook's text for one store, as the record keeps it. */
export function restoreText(
  policy: Pick<Policy, "environment">,
  store: string,
  backup: Pick<Backup, "name">,
): string {
  return `set the previous release in Pulumi.${policy.environment}.yaml and run \`pulumi up\`; if ${store} itself is lost: mongorestore --drop of ${backup.name}`;
}

/** H23: migrations that a service would run are listed, in their order, each once; with any of them there must be a backup. */
export const h23: Gate = {
  id: "H23",
  title: "pending change sets are in order, with a backup",
  phase: "before",
  judge: (_policy, facts) =>
    given(facts.data.pending, (pending, evidence) => {
      if (pending.length === 0) return [pass({ ...evidence, what: "no change set is pending" })];
      const ids = pending.map(({ id }) => id);
      const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
      const late = pending.filter((one, index) => one.order < (pending[index - 1]?.order ?? ""));
      return [
        pass({ ...evidence, what: `pending: ${ids.join(", ")}` }),
        ...twice.map((id) =>
          refuse(problem(evidence.where, `${id} twice`, "one change set per id", "rename one of them")),
        ),
        ...late.map(({ id, order }) =>
          refuse(
            problem(
              evidence.where,
              `${id} (${order}) after a later one`,
              "the order of their dates",
              "give it its place",
            ),
          ),
        ),
        ...perStore(facts, (backup, store) => pass(shown(backup), store)),
      ];
    }),
};

/** A11: both databases are dumped before anything is touched; a first deployment loads the dumps of the old production. */
export const a11: Gate = {
  id: "A11",
  title: "all databases are dumped, or loaded for the first time",
  phase: "before",
  judge: (policy, facts) => {
    if (policy.lane.kind === "first-time") return a11first(policy, facts);
    const stores = facts.data.stores;
    // The engine dumps as its own step and stops on an empty dump; here it must only be known which.
    return stores.length === 0
      ? [
          refuse(
            problem(
              "slipway:data",
              "no store",
              "the databases that are dumped",
              "name them in the stack file",
            ),
          ),
        ]
      : stores.map((store) =>
          pass(inConfig(policy, facts, `${store} is dumped first`, "slipway:data"), store),
        );
  },
};

/** F16: it was tried on a fresh copy of production, into an empty volume, so that the migrations really ran. */
export const f16: Gate = {
  id: "F16",
  title: "it was tried on a fresh copy of production",
  phase: "before",
  lanes: ["normal"],
  judge: (policy, facts) =>
    given(facts.data.rehearsal, (rehearsal, evidence) => {
      const allowed = `a copy of at most ${policy.limits.copyHours} h, into an empty volume`;
      const mend = "copy production to staging again, then try it";
      if (rehearsal === undefined)
        return [refuse(problem(evidence.where, "never tried on a copy", allowed, mend))];
      const hours = (Date.parse(facts.now) - Date.parse(rehearsal.copiedAt)) / 3_600_000;
      const old = hours > policy.limits.copyHours;
      const problems = [
        ...(old ? [problem(evidence.where, `a copy ${hours.toFixed(1)} h old`, allowed, mend)] : []),
        ...(rehearsal.freshVolume ? [] : [problem(evidence.where, "a volume that had data", allowed, mend)]),
      ];
      return problems.length === 0
        ? [pass({ ...evidence, what: `copy ${hours.toFixed(1)} h old` })]
        : problems.map((one) => refuse(one));
    }),
};

/** A18: a maintenance that is not ours is left alone, and shown. */
export const a18: Gate = {
  id: "A18",
  title: "no foreign maintenance is on",
  phase: "before",
  judge: (_policy, facts) =>
    given(facts.data.maintenance, (records, evidence) => {
      const foreign = records.filter(({ title }) => !title.includes(` ${facts.release.version} deployment`));
      if (foreign.length === 0) return [pass({ ...evidence, what: "no foreign maintenance" })];
      return foreign.map(({ service, title, since }) =>
        warn(
          problem(
            evidence.where,
            `${service}: "${title}" since ${since}`,
            "none but ours",
            "talk to who began it; it stays on after this release",
          ),
          service,
        ),
      );
    }),
};

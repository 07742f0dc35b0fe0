import { andThen, type Finding, found } from "./finding";
import type { CiRun, Deployment } from "./forge";
import type { GitlabConnection } from "./gitlab-connection";
import { deployments, type Job, jobs, pipelines } from "./gitlab-shapes";

// Pipelines of one commit that are looked at: one for each branch it is on, and their repetitions.
const mostPipelines = 20;

/** H0, H2, H4, H5: the jobs of every pipeline of exactly this commit, the last of each name. */
export async function gitlabRuns(
  gitlab: GitlabConnection,
  commit: string,
): Promise<Finding<readonly CiRun[]>> {
  const { api, project } = gitlab;
  const what = `pipelines of ${commit.slice(0, 8)}`;
  const options = { sha: commit, perPage: mostPipelines, maxPages: 1, orderBy: "id", sort: "desc" } as const;
  return andThen(
    await gitlab.ask(what, pipelines, () => api.Pipelines.all(project, options)),
    async (listed) => {
      const last = new Map<string, Job & { pipelineStatus: string }>();
      for (const pipeline of listed.filter(({ sha }) => sha === commit)) {
        const asked = { pipelineId: pipeline.id, perPage: 100 };
        const own = await gitlab.ask(`jobs of pipeline ${pipeline.id}`, jobs, () =>
          api.Jobs.all(project, asked),
        );
        if (own.finding !== "found") return own;
        for (const job of own.value) {
          const before = last.get(job.name);
          if (before === undefined || outranks(job, before))
            last.set(job.name, { ...job, pipelineStatus: pipeline.status });
        }
      }
      const runs = [...last.values()].map((job) => runOf(job, commit));
      return found(
        runs,
        gitlab.evidence(
          `${runs.length} jobs of ${commit.slice(0, 8)}`,
          `${gitlab.link}/-/commit/${commit}/pipelines`,
        ),
      );
    },
  );
}

/** The later job counts; but one that nobody started yet says nothing against one that ran. */
function outranks(job: Job, before: Job): boolean {
  if (notStarted.has(job.status) !== notStarted.has(before.status)) return notStarted.has(before.status);
  return job.id > before.id;
}

const notStarted = new Set(["manual", "skipped", "created"]);
const running = new Set([
  "pending",
  "running",
  "preparing",
  "waiting_for_resource",
  "waiting_for_callback",
  "scheduled",
  "canceling",
]);

function runOf(job: Job & { pipelineStatus: string }, commit: string): CiRun {
  return {
    name: job.name,
    source: job.stage,
    commit,
    outcome: outcomeOf(job.status, job.pipelineStatus),
    link: job.web_url,
    at: job.finished_at ?? job.started_at ?? job.created_at,
    by: job.user?.username ?? "GitLab",
  };
}

/** Whatever is not known to be good is a failure. A job behind one that waits for a person was not begun, and is not awaited. */
function outcomeOf(status: string, pipeline: string): CiRun["outcome"] {
  if (status === "success") return "success";
  if (status === "manual" || status === "skipped") return "skipped";
  if (status === "created") return pipeline === "manual" || pipeline === "success" ? "skipped" : "pending";
  return running.has(status) ? "pending" : "failure";
}

/** H14: the last deployment of each environment that GitLab knows. */
export async function gitlabDeployments(
  gitlab: GitlabConnection,
  environment?: string,
): Promise<Finding<readonly Deployment[]>> {
  const { api, project } = gitlab;
  const filter = environment === undefined ? {} : { environment };
  const options = { ...filter, orderBy: "id", sort: "desc", perPage: 100, maxPages: 1 } as const;
  return andThen(
    await gitlab.ask("deployments", deployments, () => api.Deployments.all(project, options)),
    (listed) => {
      const last = new Map<string, (typeof listed)[number]>();
      for (const one of listed)
        if ((last.get(one.environment.name)?.id ?? 0) < one.id) last.set(one.environment.name, one);
      const states: Record<string, Deployment["outcome"]> = {
        success: "success",
        failed: "failure",
        canceled: "failure",
      };
      const known = [...last.values()].map((one) => ({
        environment: one.environment.name,
        commit: one.sha,
        outcome: states[one.status] ?? "pending",
        link: one.deployable?.web_url ?? `${gitlab.link}/-/environments`,
        at: one.updated_at ?? one.created_at,
        by: one.user?.username ?? "GitLab",
      }));
      return Promise.resolve(
        found(known, gitlab.evidence(`${known.length} environments`, `${gitlab.link}/-/environments`)),
      );
    },
  );
}

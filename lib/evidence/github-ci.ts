import type { RestEndpointMethodTypes } from "@octokit/rest";
import { andThen, type Finding, found } from "./finding";
import type { CiRun, Deployment } from "./forge";
import type { GithubConnection } from "./github-connection";

type WorkflowRun =
  RestEndpointMethodTypes["actions"]["listWorkflowRunsForRepo"]["response"]["data"]["workflow_runs"][number];
type CheckRun = RestEndpointMethodTypes["checks"]["listForRef"]["response"]["data"]["check_runs"][number];
type Status =
  RestEndpointMethodTypes["repos"]["getCombinedStatusForRef"]["response"]["data"]["statuses"][number];

/** F9, N1: everything that CI said of exactly this commit: workflows, checks of other apps, and statuses. */
export async function githubRuns(
  github: GithubConnection,
  commit: string,
): Promise<Finding<readonly CiRun[]>> {
  const { octokit, at } = github;
  const what = `CI of ${commit.slice(0, 8)}`;
  const page = { ...at, per_page: 100 };
  const workflows = await github.ask(what, () =>
    octokit.paginate(octokit.rest.actions.listWorkflowRunsForRepo, { ...page, head_sha: commit }),
  );
  return andThen(workflows, async (runs) => {
    const checks = await github.ask(what, () =>
      octokit.paginate(octokit.rest.checks.listForRef, { ...page, ref: commit, filter: "latest" }),
    );
    return andThen(checks, async (others) => {
      const combined = await github.ask(what, () =>
        octokit.rest.repos.getCombinedStatusForRef({ ...page, ref: commit }),
      );
      return andThen(combined, ({ data }) => {
        const all = [
          ...newest(runs.filter((run) => run.head_sha === commit)).map(ofWorkflow),
          // A workflow's own jobs are checks too; the workflow already speaks for them.
          ...others.filter((check) => check.app?.slug !== "github-actions").map(ofCheck),
          ...data.statuses.map((status) => ofStatus(status, commit)),
        ];
        return Promise.resolve(
          found(
            all,
            github.evidence(
              `${all.length} CI results of ${commit.slice(0, 8)}`,
              `https://${github.name}/commit/${commit}`,
            ),
          ),
        );
      });
    });
  });
}

/** Of several runs of one workflow for one event, the last one counts. */
function newest(runs: readonly WorkflowRun[]): readonly WorkflowRun[] {
  const last = new Map<string, WorkflowRun>();
  for (const run of runs) {
    const key = `${run.path} ${run.event}`;
    const before = last.get(key);
    if (before === undefined || before.run_number < run.run_number) last.set(key, run);
  }
  return [...last.values()];
}

function ofWorkflow(run: WorkflowRun): CiRun {
  return {
    name: run.name ?? run.display_title,
    source: run.path.replace(/@.*$/, ""),
    commit: run.head_sha,
    outcome: run.status === "completed" ? outcomeOf(run.conclusion) : "pending",
    link: run.html_url,
    at: run.updated_at,
    by: run.triggering_actor?.login ?? run.actor?.login ?? "GitHub",
  };
}

function ofCheck(check: CheckRun): CiRun {
  return {
    name: check.name,
    ...(check.app?.slug === undefined ? {} : { source: check.app.slug }),
    commit: check.head_sha,
    outcome: check.status === "completed" ? outcomeOf(check.conclusion) : "pending",
    link: check.html_url ?? check.details_url ?? check.url,
    at: check.completed_at ?? check.started_at ?? new Date().toISOString(),
    by: check.app?.name ?? "GitHub",
  };
}

function ofStatus(status: Status, commit: string): CiRun {
  const states: Record<string, CiRun["outcome"]> = { success: "success", pending: "pending" };
  return {
    name: status.context,
    commit,
    outcome: states[status.state] ?? "failure",
    link: status.target_url ?? status.url,
    at: status.updated_at,
    by: status.context,
  };
}

/** Whatever is not known to be good is a failure: cancelled, timed out, stale, and what may come to be added. */
function outcomeOf(conclusion: string | null): CiRun["outcome"] {
  if (conclusion === "success") return "success";
  return conclusion === "skipped" || conclusion === "neutral" ? "skipped" : "failure";
}

/** The last deployment of each environment that GitHub knows. */
export async function githubDeployments(
  github: GithubConnection,
  environment?: string,
): Promise<Finding<readonly Deployment[]>> {
  const { octokit, at } = github;
  const filter = environment === undefined ? {} : { environment };
  const listed = await github.ask("deployments", () =>
    octokit.rest.repos.listDeployments({ ...at, ...filter, per_page: 100 }),
  );
  return andThen(listed, async ({ data }) => {
    const last = new Map<string, (typeof data)[number]>();
    for (const one of data)
      if ((last.get(one.environment)?.created_at ?? "") < one.created_at) last.set(one.environment, one);
    const deployments: Deployment[] = [];
    for (const one of last.values()) {
      const asked = { ...at, deployment_id: one.id, per_page: 1 };
      const statuses = await github.ask("deployment", () => octokit.rest.repos.listDeploymentStatuses(asked));
      if (statuses.finding !== "found") return statuses;
      const [status] = statuses.value.data;
      const states: Record<string, Deployment["outcome"]> = {
        success: "success",
        inactive: "success",
        failure: "failure",
        error: "failure",
      };
      deployments.push({
        environment: one.environment,
        commit: one.sha,
        outcome: states[status?.state ?? ""] ?? "pending",
        link: status?.log_url ?? status?.environment_url ?? `https://${github.name}/deployments`,
        at: status?.created_at ?? one.created_at,
        by: one.creator?.login ?? "GitHub",
      });
    }
    return found(
      deployments,
      github.evidence(`${deployments.length} environments`, `https://${github.name}/deployments`),
    );
  });
}

import type { RestEndpointMethodTypes } from "@octokit/rest";
import { quoted } from "../release/references/quoted";
import { andThen, contradicted, type Finding, found } from "./finding";
import type { Ticket, TicketText } from "./forge";
import { type GithubConnection, named } from "./github-connection";
import { lanesOf } from "./github-lane";

type Issue = RestEndpointMethodTypes["issues"]["get"]["response"]["data"];
/** The parts of an issue that every one of GitHub's answers has. */
type Listed = Pick<Issue, "number" | "title" | "state" | "html_url" | "updated_at" | "labels"> & {
  body?: string | null | undefined;
  assignees?: readonly { login: string }[] | null | undefined;
  user: { login: string } | null;
  pull_request?: unknown;
};

export async function githubTicket(github: GithubConnection, number: number): Promise<Finding<Ticket>> {
  const { octokit, at } = github;
  const asked = await github.ask(named("issue", number), () =>
    octokit.rest.issues.get({ ...at, issue_number: number }),
  );
  return andThen(asked, ({ data }) => withLanes(github, data));
}

/** F17: the one issue with exactly this title. */
export async function githubTicketTitled(
  github: GithubConnection,
  title: string,
): Promise<Finding<Ticket | undefined>> {
  return andThen(await titled(github, title), (issue) =>
    issue === undefined
      ? Promise.resolve(found(undefined, github.evidence(`no issue ${quoted(title)}`, github.name)))
      : withLanes(github, issue),
  );
}

/** F17: creates the ticket, or brings the one with its title up to date; what people added to it stays. */
export async function putGithubTicket(github: GithubConnection, text: TicketText): Promise<Finding<Ticket>> {
  const { octokit, at } = github;
  return andThen(await titled(github, text.title), async (issue) => {
    if (issue === undefined) {
      const fields = {
        ...at,
        title: text.title,
        body: text.body,
        assignees: [...text.assignees],
        labels: [...text.labels],
      };
      const created = await github.ask("new issue", () => octokit.rest.issues.create(fields));
      return andThen(created, ({ data }) => withLanes(github, data));
    }
    const now = ticketOf(issue, {});
    const assignees = [...new Set([...now.assignees, ...text.assignees])];
    const labels = [...new Set([...now.labels, ...text.labels])];
    const same =
      now.body === text.body &&
      assignees.length === now.assignees.length &&
      labels.length === now.labels.length;
    if (same) return withLanes(github, issue);
    const fields = { ...at, issue_number: issue.number, body: text.body, assignees, labels };
    const updated = await github.ask(named("issue", issue.number), () => octokit.rest.issues.update(fields));
    return andThen(updated, ({ data }) => withLanes(github, data));
  });
}

/** GitHub's search lags behind by minutes, so the newest issues are looked through as well: else a second ticket could be made. */
async function titled(github: GithubConnection, title: string): Promise<Finding<Listed | undefined>> {
  const { octokit, at } = github;
  const newest = await github.ask("issues", () =>
    octokit.rest.issues.listForRepo({ ...at, state: "all", sort: "created", per_page: 100 }),
  );
  return andThen(newest, async (recent) => {
    const q = `repo:${at.owner}/${at.repo} is:issue in:title "${title.replaceAll(/["\\]/g, " ")}"`;
    const searched = await github.ask("issues by title", () =>
      octokit.rest.search.issuesAndPullRequests({ q, per_page: 100 }),
    );
    return andThen(searched, (old) => {
      const all: readonly Listed[] = [...recent.data, ...old.data.items];
      const same = new Map(
        all
          .filter((one) => one.title === title && one.pull_request === undefined)
          .map((one) => [one.number, one]),
      );
      const numbers = [...same.keys()];
      const evidence = github.evidence(
        `${numbers.length} issues titled ${quoted(title)}`,
        `https://${github.name}/issues`,
      );
      if (numbers.length < 2) return Promise.resolve(found([...same.values()][0], evidence));
      const problem = {
        where: github.name,
        found: `${numbers.length} issues titled ${quoted(title)}: ${numbers.map((n) => `#${n}`).join(", ")}`,
      };
      return Promise.resolve(
        contradicted({ ...problem, allowed: "one", mend: "rename all but one" }, evidence),
      );
    });
  });
}

async function withLanes(github: GithubConnection, issue: Listed): Promise<Finding<Ticket>> {
  const lanes = await lanesOf(github, issue.number);
  // Without permission for projects the ticket itself is still a fact; a gate on lanes then finds none.
  const known = lanes.finding === "found" ? lanes.value.lanes : [];
  const warnings =
    lanes.finding === "found" ? [] : [`lanes of #${issue.number} are not known: ${lanes.problem.found}`];
  const ticket = ticketOf(
    issue,
    Object.fromEntries(known.flatMap(({ project, lane }) => (lane === undefined ? [] : [[project, lane]]))),
  );
  return found(
    ticket,
    github.evidence(`issue #${ticket.number} ${quoted(ticket.title)}`, ticket.link, ticket),
    warnings,
  );
}

function ticketOf(issue: Listed, lanes: Readonly<Record<string, string>>): Ticket {
  return {
    number: issue.number,
    title: issue.title,
    body: issue.body ?? "",
    state: issue.state === "closed" ? "closed" : "open",
    assignees: (issue.assignees ?? []).map(({ login }) => login),
    labels: issue.labels.flatMap((label) =>
      typeof label === "string" ? [label] : label.name === undefined ? [] : [label.name],
    ),
    lanes,
    link: issue.html_url,
    at: issue.updated_at,
    by: issue.user?.login ?? "ghost",
  };
}

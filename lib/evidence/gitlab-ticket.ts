import type { z } from "zod";
import { quoted } from "../release/references/quoted";
import { andThen, contradicted, type Finding, found } from "./finding";
import type { Ticket, TicketText } from "./forge";
import type { GitlabConnection } from "./gitlab-connection";
import { accounts, boards as boardsShape, issue as issueShape, issues, type Issue } from "./gitlab-shapes";

type Boards = z.infer<typeof boardsShape>;

export async function gitlabTicket(gitlab: GitlabConnection, number: number): Promise<Finding<Ticket>> {
  const asked = await gitlab.ask(`issue #${number}`, issueShape, () =>
    gitlab.api.Issues.show(number, { projectId: gitlab.project }),
  );
  return andThen(asked, (issue) => withLanes(gitlab, issue));
}

/** F17: the one issue with exactly this title. */
export async function gitlabTicketTitled(
  gitlab: GitlabConnection,
  title: string,
): Promise<Finding<Ticket | undefined>> {
  return andThen(await titled(gitlab, title), (issue) =>
    issue === undefined
      ? Promise.resolve(found(undefined, gitlab.evidence(`no issue ${quoted(title)}`, gitlab.link)))
      : withLanes(gitlab, issue),
  );
}

/** F17: creates the ticket, or brings the one with its title up to date; what people added to it stays. */
export async function putGitlabTicket(gitlab: GitlabConnection, text: TicketText): Promise<Finding<Ticket>> {
  const { api, project } = gitlab;
  return andThen(await titled(gitlab, text.title), async (issue) => {
    const assignees = [
      ...new Set([...(issue?.assignees ?? []).map(({ username }) => username), ...text.assignees]),
    ];
    const labels = [...new Set([...(issue?.labels ?? []), ...text.labels])];
    const same =
      issue !== undefined &&
      (issue.description ?? "") === text.body &&
      labels.length === issue.labels.length &&
      assignees.length === issue.assignees.length;
    if (same) return withLanes(gitlab, issue);
    return andThen(await ids(gitlab, assignees), async (assigneeIds) => {
      const fields = { description: text.body, labels: labels.join(","), assigneeIds: [...assigneeIds] };
      const put = (): Promise<unknown> =>
        issue === undefined
          ? api.Issues.create(project, text.title, fields)
          : api.Issues.edit(project, issue.iid, fields);
      return andThen(await gitlab.ask(`issue ${quoted(text.title)}`, issueShape, put), (made) =>
        withLanes(gitlab, made),
      );
    });
  });
}

/** F17: a lane is a board's list, and a list is a label: the issue gets this one, and loses the board's others. */
export async function moveGitlabTicket(
  gitlab: GitlabConnection,
  number: number,
  board: string,
  lane: string,
): Promise<Finding<Ticket>> {
  const { api, project } = gitlab;
  return andThen(await boardsOf(gitlab), async (boards) => {
    const lanes = boards
      .find(({ name }) => name === board)
      ?.lists.flatMap(({ label }) => (label == null ? [] : [label.name]));
    if (lanes === undefined) return gitlab.absent(`board ${quoted(board)}`);
    if (!lanes.includes(lane)) {
      const problem = {
        where: `board ${quoted(board)}`,
        found: `no lane ${quoted(lane)}`,
        allowed: lanes.join(", ") || "a list",
      };
      return contradicted(
        { ...problem, mend: "correct the lane in the stack file" },
        gitlab.evidence(`lanes of ${board}`, gitlab.link),
      );
    }
    const asked = await gitlab.ask(`issue #${number}`, issueShape, () =>
      api.Issues.show(number, { projectId: project }),
    );
    return andThen(asked, async (issue) => {
      const others = lanes.filter((name) => name !== lane && issue.labels.includes(name));
      if (issue.labels.includes(lane) && others.length === 0) return withLanes(gitlab, issue);
      const fields = { addLabels: lane, ...(others.length === 0 ? {} : { removeLabels: others.join(",") }) };
      const moved = await gitlab.ask(`issue #${number}`, issueShape, () =>
        api.Issues.edit(project, number, fields),
      );
      return andThen(moved, (now) => withLanes(gitlab, now));
    });
  });
}

async function titled(gitlab: GitlabConnection, title: string): Promise<Finding<Issue | undefined>> {
  const { api, project } = gitlab;
  const asked = { projectId: project, search: title, in: "title", scope: "all", perPage: 100 } as const;
  return andThen(await gitlab.ask("issues by title", issues, () => api.Issues.all(asked)), (listed) => {
    const same = listed.filter((issue) => issue.title === title);
    const evidence = gitlab.evidence(
      `${same.length} issues titled ${quoted(title)}`,
      `${gitlab.link}/-/issues`,
    );
    if (same.length < 2) return Promise.resolve(found(same[0], evidence));
    const numbers = same.map(({ iid }) => `#${iid}`).join(", ");
    const problem = {
      where: gitlab.name,
      found: `${same.length} issues titled ${quoted(title)}: ${numbers}`,
      allowed: "one",
    };
    return Promise.resolve(contradicted({ ...problem, mend: "rename all but one" }, evidence));
  });
}

async function ids(
  gitlab: GitlabConnection,
  usernames: readonly string[],
): Promise<Finding<readonly number[]>> {
  const known: number[] = [];
  for (const username of usernames) {
    const asked = await gitlab.ask(`user ${quoted(username)}`, accounts, () =>
      gitlab.api.Users.all({ username }),
    );
    if (asked.finding !== "found") return asked;
    const user = asked.value.find((one) => one.username.toLowerCase() === username.toLowerCase());
    if (user === undefined) return gitlab.absent(`user ${quoted(username)}`);
    known.push(user.id);
  }
  return found(known, gitlab.evidence(`${known.length} users`, gitlab.link));
}

function boardsOf(gitlab: GitlabConnection): Promise<Finding<Boards>> {
  return gitlab.ask("boards", boardsShape, () =>
    gitlab.api.ProjectIssueBoards.all(gitlab.project, { perPage: 100 }),
  );
}

async function withLanes(gitlab: GitlabConnection, issue: Issue): Promise<Finding<Ticket>> {
  const boards = await boardsOf(gitlab);
  const lanes = (boards.finding === "found" ? boards.value : []).flatMap(({ name, lists }) => {
    const lane = lists.find(({ label }) => label != null && issue.labels.includes(label.name))?.label?.name;
    return lane === undefined ? [] : [[name, lane] as const];
  });
  const ticket: Ticket = {
    number: issue.iid,
    title: issue.title,
    body: issue.description ?? "",
    state: issue.state === "closed" ? "closed" : "open",
    assignees: issue.assignees.map(({ username }) => username),
    labels: issue.labels,
    lanes: Object.fromEntries(lanes),
    link: issue.web_url,
    at: issue.updated_at,
    by: issue.author.username,
  };
  const warnings =
    boards.finding === "found" ? [] : [`lanes of #${issue.iid} are not known: ${boards.problem.found}`];
  return found(
    ticket,
    gitlab.evidence(`issue #${ticket.number} ${quoted(ticket.title)}`, ticket.link, ticket),
    warnings,
  );
}

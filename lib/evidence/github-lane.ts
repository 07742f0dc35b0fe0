import { quoted } from "../release/references/quoted";
import { andThen, contradicted, type Finding, found } from "./finding";
import { type GithubConnection, named } from "./github-connection";

/** An issue's place in one project. */
export interface Lane {
  readonly project: string;
  readonly projectId: string;
  readonly item: string;
  /** Undefined where it was put into no lane yet. */
  readonly lane: string | undefined;
}

// A project's board has its lanes in the single-select field `Status`, unless its makers renamed it.
const field = "Status";

/** The queries as they are sent; exported for the test that holds them against GitHub's published schema. */
export const laneQueries = {
  lanes: `query($owner: String!, $repo: String!, $number: Int!, $field: String!) {
    repository(owner: $owner, name: $repo) {
      issue(number: $number) {
        id
        projectItems(first: 50) {
          nodes {
            id
            project { id title }
            fieldValueByName(name: $field) { ... on ProjectV2ItemFieldSingleSelectValue { name } }
          }
        }
      }
    }
  }`,
  project: `query($owner: String!, $repo: String!, $title: String!, $field: String!) {
    repository(owner: $owner, name: $repo) {
      projectsV2(first: 50, query: $title) { nodes { ...lanes } }
      owner {
        ... on ProjectV2Owner { projectsV2(first: 50, query: $title) { nodes { ...lanes } } }
      }
    }
  }
  fragment lanes on ProjectV2 {
    id
    title
    field(name: $field) { ... on ProjectV2SingleSelectField { id options { id name } } }
  }`,
  add: `mutation($project: ID!, $issue: ID!) {
    addProjectV2ItemById(input: { projectId: $project, contentId: $issue }) { item { id } }
  }`,
  move: `mutation($project: ID!, $item: ID!, $field: ID!, $option: String!) {
    updateProjectV2ItemFieldValue(
      input: { projectId: $project, itemId: $item, fieldId: $field, value: { singleSelectOptionId: $option } }
    ) { projectV2Item { id } }
  }`,
} as const;

type Nullable<T> = { readonly nodes: readonly (T | null)[] | null } | null;

interface IssueAnswer {
  readonly repository: {
    readonly issue: {
      readonly id: string;
      readonly projectItems: Nullable<{
        readonly id: string;
        readonly project: { readonly id: string; readonly title: string };
        readonly fieldValueByName: { readonly name?: string | null } | null;
      }>;
    } | null;
  } | null;
}

interface Project {
  readonly id: string;
  readonly title: string;
  readonly field: {
    readonly id?: string;
    readonly options?: readonly { readonly id: string; readonly name: string }[];
  } | null;
}

interface ProjectAnswer {
  readonly repository: {
    readonly projectsV2: Nullable<Project>;
    readonly owner: { readonly projectsV2?: Nullable<Project> };
  } | null;
}

/** F17: the lanes that an issue lies in, and its id for moving it. */
export async function lanesOf(
  github: GithubConnection,
  number: number,
): Promise<Finding<{ id: string; lanes: readonly Lane[] }>> {
  const what = `lanes of ${named("issue", number)}`;
  const asked = await github.ask(what, () =>
    github.octokit.graphql<IssueAnswer>(laneQueries.lanes, { ...github.at, number, field }),
  );
  return andThen(asked, ({ repository }) => {
    const issue = repository?.issue;
    if (issue === null || issue === undefined) return Promise.resolve(github.absent(named("issue", number)));
    const lanes = (issue.projectItems?.nodes ?? []).flatMap((item) =>
      item === null
        ? []
        : [
            {
              project: item.project.title,
              projectId: item.project.id,
              item: item.id,
              lane: item.fieldValueByName?.name ?? undefined,
            },
          ],
    );
    return Promise.resolve(
      found({ id: issue.id, lanes }, github.evidence(what, `https://${github.name}/issues/${number}`)),
    );
  });
}

/** F17: puts an issue into a lane of a project, adding it to the project where it is not in it; writes nothing where it is there. */
export async function moveToLane(
  github: GithubConnection,
  number: number,
  project: string,
  lane: string,
): Promise<Finding<undefined>> {
  return andThen(await lanesOf(github, number), async ({ id, lanes }) => {
    const now = lanes.find((one) => one.project === project);
    const done = found(
      undefined,
      github.evidence(`#${number} is in ${quoted(lane)}`, `https://${github.name}/issues/${number}`),
    );
    if (now?.lane === lane) return done;
    return andThen(await laneOf(github, project, lane), async (target) => {
      const { graphql } = github.octokit;
      const item = await github.ask(`project ${quoted(project)}`, async () => {
        if (now !== undefined) return now.item;
        const added = await graphql<{ addProjectV2ItemById: { item: { id: string } } }>(laneQueries.add, {
          project: target.project,
          issue: id,
        });
        return added.addProjectV2ItemById.item.id;
      });
      return andThen(item, async (itemId) => {
        const move = { project: target.project, item: itemId, field: target.field, option: target.option };
        const moved = await github.ask(`lane ${quoted(lane)}`, () => graphql(laneQueries.move, move));
        return moved.finding === "found" ? done : moved;
      });
    });
  });
}

async function laneOf(
  github: GithubConnection,
  title: string,
  lane: string,
): Promise<Finding<{ project: string; field: string; option: string }>> {
  const asked = await github.ask(`project ${quoted(title)}`, () =>
    github.octokit.graphql<ProjectAnswer>(laneQueries.project, { ...github.at, title, field }),
  );
  return andThen(asked, ({ repository }) => {
    const listed = [...(repository?.projectsV2?.nodes ?? []), ...(repository?.owner.projectsV2?.nodes ?? [])];
    const project = listed.find((one) => one?.title === title);
    if (project === undefined || project === null)
      return Promise.resolve(github.absent(`project ${quoted(title)}`));
    const options = project.field?.options ?? [];
    const option = options.find(({ name }) => name === lane);
    const evidence = github.evidence(`lanes of ${quoted(title)}`, github.name);
    if (project.field?.id !== undefined && option !== undefined) {
      return Promise.resolve(
        found({ project: project.id, field: project.field.id, option: option.id }, evidence),
      );
    }
    const problem = {
      where: `project ${quoted(title)}`,
      found: `no lane ${quoted(lane)}`,
      allowed: options.map(({ name }) => name).join(", ") || "a field Status",
    };
    return Promise.resolve(
      contradicted({ ...problem, mend: "correct the lane in the stack file" }, evidence),
    );
  });
}

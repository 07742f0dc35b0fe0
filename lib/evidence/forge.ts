import type { Finding } from "./finding";

/** Who did something on a forge. */
export interface Person {
  readonly login: string;
  /** Machines never count as approvers. */
  readonly kind: "person" | "bot";
}

/** One workflow, check, status or pipeline job of one commit. */
export interface CiRun {
  /** Example: `Python application / build`, `Unit Test`. */
  readonly name: string;
  /** The workflow's file, or the job's stage, where the forge says it. Example: `.github/workflows/python-app.yml`. */
  readonly source?: string;
  readonly commit: string;
  readonly outcome: "success" | "failure" | "pending" | "skipped";
  readonly link: string;
  /** ISO 8601, UTC: when it ended, or began where it runs still. */
  readonly at: string;
  readonly by: string;
}

export interface Push {
  readonly by: Person;
  /** The head of the branch after it. */
  readonly commit: string;
  readonly at: string;
}

export interface Review {
  readonly by: Person;
  readonly verdict: "approved" | "rejected" | "dismissed";
  /** The head of the change at that moment; an approval holds for this commit alone. */
  readonly commit: string;
  readonly at: string;
  readonly link: string;
  /** What the reviewer wrote. */
  readonly says: string;
}

/** A pull request or merge request, with all that four-eyes rules need (H3). */
export interface ChangeRequest {
  readonly number: number;
  readonly title: string;
  readonly link: string;
  readonly author: Person;
  /** Branch that it asks to go into. */
  readonly into: string;
  readonly head: string;
  readonly state: "open" | "merged" | "closed";
  /** The commit that it became on its target branch. */
  readonly mergedAs?: string;
  /** In order of time; the last one's `by` is the last pusher. Empty where the forge no longer tells. */
  readonly pushes: readonly Push[];
  /** In order of time, comments left out. */
  readonly reviews: readonly Review[];
}

/** N3, F18: a release's page on the forge. */
export interface ForgeRelease {
  readonly tag: string;
  readonly title: string;
  readonly notes: string;
  readonly state: "published" | "draft" | "pre-release";
  readonly link: string;
  readonly at: string;
  readonly by: string;
}

/** A release's page as the release wants it to be. */
export interface ReleaseText {
  readonly tag: string;
  /** The commit that the tag must stand for; where there is no such tag yet, the forge makes it there (N2). */
  readonly commit: string;
  readonly title: string;
  readonly notes: string;
}

/** F17: an issue, with the lane it lies in. */
export interface Ticket {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  readonly assignees: readonly string[];
  readonly labels: readonly string[];
  /** Lane (GitHub project's status, GitLab board label) by project name. */
  readonly lanes: Readonly<Record<string, string>>;
  readonly link: string;
  readonly at: string;
  readonly by: string;
}

/** A ticket as the release wants it to be. */
export interface TicketText {
  readonly title: string;
  readonly body: string;
  readonly assignees: readonly string[];
  readonly labels: readonly string[];
}

/** A comment under a change request or a ticket. */
export interface Comment {
  readonly link: string;
  readonly did: "created" | "updated" | "nothing";
}

/** H2–H5, H14: what an environment of the forge was last given. */
export interface Deployment {
  readonly environment: string;
  readonly commit: string;
  readonly outcome: "success" | "failure" | "pending";
  readonly link: string;
  readonly at: string;
  readonly by: string;
}

/** GitHub or GitLab: the facts about one repository that gates are judged on, and the few things that a release writes there. */
export interface Forge {
  readonly kind: "github" | "gitlab";
  /** For people: `github.com/microbiomedata/nmdc-runtime`. */
  readonly name: string;
  /** Every run of exactly this commit, the last attempt of each; empty when CI never saw the commit. */
  runsOf(commit: string): Promise<Finding<readonly CiRun[]>>;
  changeRequest(number: number): Promise<Finding<ChangeRequest>>;
  /** The change requests that brought the commit in, or ask to. */
  changeRequestsOf(commit: string): Promise<Finding<readonly number[]>>;
  release(tag: string): Promise<Finding<ForgeRelease>>;
  /** Creates the release's page, or sets its title and notes where they differ; never a second one for a tag. */
  putRelease(release: ReleaseText): Promise<Finding<ForgeRelease>>;
  ticket(number: number): Promise<Finding<Ticket>>;
  /** The one ticket with exactly this title; contradicted when there are two, found with undefined when there is none. */
  ticketTitled(title: string): Promise<Finding<Ticket | undefined>>;
  /** F17: creates the ticket, or updates the one with its title; a second call with the same text writes nothing. */
  putTicket(ticket: TicketText): Promise<Finding<Ticket>>;
  /** F17: puts a ticket into a lane; writes nothing where it is there already. */
  moveTicket(number: number, project: string, lane: string): Promise<Finding<Ticket>>;
  /**
   * Writes a comment under a change request: creates it, or sets the text of the one whose first line is the marker; the same text
   * again writes nothing.
   */
  putComment(number: number, marker: string, text: string): Promise<Finding<Comment>>;
  /** F17: the same under a ticket. */
  putTicketComment(number: number, marker: string, text: string): Promise<Finding<Comment>>;
  /** The last deployment of each environment, or of one. */
  deployments(environment?: string): Promise<Finding<readonly Deployment[]>>;
}

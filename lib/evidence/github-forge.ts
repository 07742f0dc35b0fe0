import { andThen, type Finding } from "./finding";
import type {
  ChangeRequest,
  CiRun,
  Comment,
  Deployment,
  Forge,
  ForgeRelease,
  ReleaseText,
  Ticket,
  TicketText,
} from "./forge";
import { githubChange, githubChangesOf } from "./github-change";
import { githubDeployments, githubRuns } from "./github-ci";
import { putGithubComment } from "./github-comment";
import { GithubConnection, type GithubPlace } from "./github-connection";
import { moveToLane } from "./github-lane";
import { githubRelease, putGithubRelease } from "./github-release";
import { githubTicket, githubTicketTitled, putGithubTicket } from "./github-ticket";

/** A repository on GitHub, or on a GitHub Enterprise server. */
export class GithubForge implements Forge {
  readonly kind = "github";
  private readonly github: GithubConnection;

  constructor(place: GithubPlace) {
    this.github = new GithubConnection(place);
  }

  get name(): string {
    return this.github.name;
  }

  runsOf(commit: string): Promise<Finding<readonly CiRun[]>> {
    return githubRuns(this.github, commit);
  }

  changeRequest(number: number): Promise<Finding<ChangeRequest>> {
    return githubChange(this.github, number);
  }

  changeRequestsOf(commit: string): Promise<Finding<readonly number[]>> {
    return githubChangesOf(this.github, commit);
  }

  release(tag: string): Promise<Finding<ForgeRelease>> {
    return githubRelease(this.github, tag);
  }

  putRelease(release: ReleaseText): Promise<Finding<ForgeRelease>> {
    return putGithubRelease(this.github, release);
  }

  ticket(number: number): Promise<Finding<Ticket>> {
    return githubTicket(this.github, number);
  }

  ticketTitled(title: string): Promise<Finding<Ticket | undefined>> {
    return githubTicketTitled(this.github, title);
  }

  putTicket(ticket: TicketText): Promise<Finding<Ticket>> {
    return putGithubTicket(this.github, ticket);
  }

  async moveTicket(number: number, project: string, lane: string): Promise<Finding<Ticket>> {
    return andThen(await moveToLane(this.github, number, project, lane), () => this.ticket(number));
  }

  putComment(number: number, marker: string, text: string): Promise<Finding<Comment>> {
    return putGithubComment(this.github, number, marker, text);
  }

  /** To this part of GitHub's API pull requests are issues. */
  putTicketComment(number: number, marker: string, text: string): Promise<Finding<Comment>> {
    return putGithubComment(this.github, number, marker, text);
  }

  deployments(environment?: string): Promise<Finding<readonly Deployment[]>> {
    return githubDeployments(this.github, environment);
  }
}

import type { Finding } from "./finding";
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
import { gitlabChange, gitlabChangesOf } from "./gitlab-change";
import { gitlabDeployments, gitlabRuns } from "./gitlab-ci";
import { putGitlabComment } from "./gitlab-comment";
import { GitlabConnection, type GitlabPlace } from "./gitlab-connection";
import { gitlabRelease, putGitlabRelease } from "./gitlab-release";
import { gitlabTicket, gitlabTicketTitled, moveGitlabTicket, putGitlabTicket } from "./gitlab-ticket";

/** A project on GitLab, the public one or a server of one's own. */
export class GitlabForge implements Forge {
  readonly kind = "gitlab";
  private readonly gitlab: GitlabConnection;

  constructor(place: GitlabPlace) {
    this.gitlab = new GitlabConnection(place);
  }

  get name(): string {
    return this.gitlab.name;
  }

  runsOf(commit: string): Promise<Finding<readonly CiRun[]>> {
    return gitlabRuns(this.gitlab, commit);
  }

  changeRequest(number: number): Promise<Finding<ChangeRequest>> {
    return gitlabChange(this.gitlab, number);
  }

  changeRequestsOf(commit: string): Promise<Finding<readonly number[]>> {
    return gitlabChangesOf(this.gitlab, commit);
  }

  release(tag: string): Promise<Finding<ForgeRelease>> {
    return gitlabRelease(this.gitlab, tag);
  }

  putRelease(release: ReleaseText): Promise<Finding<ForgeRelease>> {
    return putGitlabRelease(this.gitlab, release);
  }

  ticket(number: number): Promise<Finding<Ticket>> {
    return gitlabTicket(this.gitlab, number);
  }

  ticketTitled(title: string): Promise<Finding<Ticket | undefined>> {
    return gitlabTicketTitled(this.gitlab, title);
  }

  putTicket(ticket: TicketText): Promise<Finding<Ticket>> {
    return putGitlabTicket(this.gitlab, ticket);
  }

  moveTicket(number: number, project: string, lane: string): Promise<Finding<Ticket>> {
    return moveGitlabTicket(this.gitlab, number, project, lane);
  }

  putComment(number: number, marker: string, text: string): Promise<Finding<Comment>> {
    return putGitlabComment(this.gitlab, "merge request", number, marker, text);
  }

  putTicketComment(number: number, marker: string, text: string): Promise<Finding<Comment>> {
    return putGitlabComment(this.gitlab, "issue", number, marker, text);
  }

  deployments(environment?: string): Promise<Finding<readonly Deployment[]>> {
    return gitlabDeployments(this.gitlab, environment);
  }
}

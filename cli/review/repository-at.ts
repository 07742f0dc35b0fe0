import { GitRepository } from "../../lib/evidence/git-repository";
import { given } from "./given";

/** The repository of a folder, bare or not; its remote is not asked. @throws Refusal where there is none. */
export async function repositoryAt(folder: string): Promise<GitRepository> {
  return given(await GitRepository.open({ folder }));
}

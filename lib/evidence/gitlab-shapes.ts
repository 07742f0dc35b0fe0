import { z } from "zod";

// The members of GitLab's answers that are read here, by its published API documentation; all others are let through unread.

const user = z.object({ id: z.number(), username: z.string() });

export const pipelines = z.array(
  z.object({ id: z.number(), sha: z.string(), status: z.string(), ref: z.string() }),
);

export const jobs = z.array(
  z.object({
    id: z.number(),
    name: z.string(),
    stage: z.string(),
    status: z.string(),
    web_url: z.string(),
    created_at: z.string(),
    started_at: z.string().nullish(),
    finished_at: z.string().nullish(),
    user: user.nullish(),
    pipeline: z.object({ sha: z.string() }),
  }),
);
export type Job = z.infer<typeof jobs>[number];

export const mergeRequest = z.object({
  iid: z.number(),
  title: z.string(),
  web_url: z.string(),
  state: z.string(),
  author: user,
  sha: z.string(),
  merge_commit_sha: z.string().nullish(),
  squash_commit_sha: z.string().nullish(),
  source_branch: z.string(),
  target_branch: z.string(),
  source_project_id: z.number().nullish(),
  updated_at: z.string(),
});
export type MergeRequest = z.infer<typeof mergeRequest>;

export const mergeRequestNumbers = z.array(z.object({ iid: z.number() }));

export const approvals = z.object({
  approved_by: z.array(z.object({ user, approved_at: z.string().nullish() })).default([]),
});

export const versions = z.array(z.object({ head_commit_sha: z.string(), created_at: z.string() }));

export const note = z.object({
  id: z.number(),
  body: z.string(),
  author: user,
  created_at: z.string(),
  system: z.boolean(),
});

export const notes = z.array(note);

export const pushEvents = z.array(
  z.object({
    author: user,
    created_at: z.string(),
    push_data: z
      .object({
        action: z.string(),
        ref_type: z.string(),
        ref: z.string().nullable(),
        commit_to: z.string().nullable(),
      })
      .optional(),
  }),
);

export const account = user.extend({ bot: z.boolean().nullish() });

export const accounts = z.array(user);

export const release = z.object({
  tag_name: z.string(),
  name: z.string().nullable(),
  description: z.string().nullable(),
  created_at: z.string(),
  released_at: z.string().nullish(),
  upcoming_release: z.boolean().nullish(),
  author: user,
  commit: z.object({ id: z.string() }),
  _links: z.object({ self: z.string() }),
});
export type GitlabReleasePage = z.infer<typeof release>;

export const tag = z.object({ name: z.string(), commit: z.object({ id: z.string() }) });

export const issue = z.object({
  iid: z.number(),
  title: z.string(),
  description: z.string().nullable(),
  state: z.string(),
  assignees: z.array(user).default([]),
  labels: z.array(z.string()),
  web_url: z.string(),
  updated_at: z.string(),
  author: user,
});
export type Issue = z.infer<typeof issue>;

export const issues = z.array(issue);

export const boards = z.array(
  z.object({
    name: z.string(),
    lists: z.array(z.object({ label: z.object({ name: z.string() }).nullish() })).default([]),
  }),
);

export const deployments = z.array(
  z.object({
    id: z.number(),
    sha: z.string(),
    status: z.string(),
    created_at: z.string(),
    updated_at: z.string().optional(),
    environment: z.object({ name: z.string() }),
    deployable: z.object({ web_url: z.string().optional() }).nullish(),
    user: user.nullish(),
  }),
);

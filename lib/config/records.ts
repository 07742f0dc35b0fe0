import { z } from "zod";

export const recordsSchema = z
  .strictObject({
    changelog: z
      .string()
      .min(1)
      .describe(
        "Folder of the environments' changelogs: `slipway record` adds each release to staging/changelog.md or production/changelog.md in it (rule H18). Example: ../ebi-deployment",
      ),
  })
  .describe("What `slipway record` writes besides the record.");

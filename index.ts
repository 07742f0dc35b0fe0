import * as slipway from "./components";

/** The release plan: config → gates → images → data → workloads → verification → record. */
export = slipway.program(async () => {
  const stack = slipway.loadStack();
  const { system, services, verification, notes, grade } = stack;
  await slipway.passGates(stack);

  const cluster = new slipway.Cluster("cluster", { cluster: stack.cluster });
  const images = Object.fromEntries(
    Object.entries(stack.images).map(([name, image]) => [name, slipway.image(name, image)] as const),
  );
  const found = await slipway.askData(stack);
  const { order, standing } = found;
  const release = slipway.planRelease(stack, images, found);

  // Users are told before anything is touched (absent section: nobody is).
  const maintenance = slipway.maintenanceOf(stack, release);

  // Takes the release back from within the cluster when whoever releases has died (absent section: there is none).
  const guardian = slipway.guardianOf(stack, { cluster, images, release });

  // Closes writes, migrates a copy, swaps it in; takes everything back unless the record below confirms.
  const data = new slipway.DataMigration(
    system,
    { release, standing },
    {
      protect: grade === "production",
      dependsOn: [maintenance?.started, guardian].filter((one) => one !== undefined),
    },
  );

  // Data, then code; on a way back, or where the stack file says so, code, then data (rules N16, N18).
  const live = slipway.inOrder(order, data, {
    data: (after) => [
      new slipway.DataSwitch("switch", { release, recordId: data.recordId }, { dependsOn: [...after] }),
    ],
    code: (after) => slipway.rollOut(stack, { cluster, images, release: data.recordId }, after),
  });

  const verified = new slipway.Verification(
    "verification",
    { release, recordId: data.recordId, services, images, verification, gates: slipway.gatesOf(stack) },
    { dependsOn: live },
  );

  const closed = new slipway.ReleaseRecord(
    "record",
    { release, recordId: data.recordId },
    { dependsOn: verified },
  );
  maintenance?.endAfter(closed, { recordId: closed.record.id, services, images, verification });
  slipway.releaseTicketOf(stack, release, closed);
  if (notes) new slipway.ReleaseNotes("notes", { ...notes, tag: stack.release, record: closed.record });

  return { hash: release.apply((planned) => planned.hash), record: closed.summary };
});

import type { WorkloadImages } from "./workload-images";

/** Begins the annotations of pods that say for which image of another service they were restarted (rule H19). */
export const restartedForPrefix = "slipway.dev/restarted-for-";

/** The annotations of a workload that restarts with these services, for the images that they had. */
export function restartedFor(
  restartsWith: readonly string[],
  saved: readonly WorkloadImages[],
): readonly (readonly [string, string])[] {
  return restartsWith.flatMap((cause) => {
    const image = saved.find(({ name }) => name === cause)?.containers[0]?.image;
    const digest = image?.split("@")[1];
    return digest === undefined ? [] : [[`${restartedForPrefix}${cause}`, digest] as const];
  });
}

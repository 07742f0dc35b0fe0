/** The images of one workload's containers. */
export interface WorkloadImages {
  readonly kind: "Deployment" | "StatefulSet";
  readonly name: string;
  readonly containers: readonly { readonly name: string; readonly image: string }[];
}

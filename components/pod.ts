import type * as k8s from "@pulumi/kubernetes";
import type { EnvironmentConfig } from "../lib/config/container-env";

/** A container's environment as a pod spec takes it. */
export function environmentOf(env: EnvironmentConfig = {}): k8s.types.input.core.v1.EnvVar[] {
  return Object.entries(env).map(([name, value]) =>
    typeof value === "string"
      ? { name, value }
      : { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key } } },
  );
}

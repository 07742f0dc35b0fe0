/**
 * The way that a release takes. All but `normal` are exceptions, so they carry a reason and a name, which the record keeps.
 * - `hot-fix`: mends what runs in production: no window, no notice, rolling (rules F20, A19).
 * - `emergency`: the forge is down and it cannot wait; the environment is untracked until the next normal release (rule H16).
 * - `first-time`: loads the dumps of the old production into new databases before anything starts (rule A11).
 */
export type Lane =
  | { readonly kind: "normal" }
  | { readonly kind: "hot-fix"; readonly reason: string; readonly by: string }
  | { readonly kind: "emergency"; readonly reason: string; readonly by: string; readonly approver: string }
  | { readonly kind: "first-time"; readonly reason: string; readonly by: string };

export type LaneKind = Lane["kind"];

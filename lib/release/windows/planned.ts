/** Lanes that have a window and tell users before; a hot-fix and an emergency do not wait for one (rule A19). */
export const planned = ["normal", "first-time"] as const;

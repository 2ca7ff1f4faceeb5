/** Exit codes of `mop`: done, failed, a threshold crossed, stopped by Ctrl-C. */
export const EXIT = { ok: 0, error: 1, threshold: 2, interrupted: 130 } as const;

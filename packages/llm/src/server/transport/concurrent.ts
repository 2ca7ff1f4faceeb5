import type { RunSignals } from './endpoint-pool.js';

/**
 * Does `work` for 0 … count − 1, `width` of them at a time, in order of starting. When one fails no other is started, those that wait give
 * up, those in flight are waited for (what they answer is kept), and then the first failure is thrown.
 * @throws what `signal` was aborted with, at once
 */
export async function runConcurrently(
  count: number,
  width: number,
  signal: AbortSignal | undefined,
  work: (index: number, signals: RunSignals) => Promise<void>,
): Promise<void> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  let failure: { readonly error: unknown } | undefined;
  let next = 0;
  const runner = async (): Promise<void> => {
    while (next < count && failure === undefined) {
      try {
        await work(next++, { signal, stop: stop.signal });
      } catch (error) {
        failure ??= { error };
        stop.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, runner));
  if (failure !== undefined) throw failure.error;
}

/** The same for work with results: yields each when it is there, in any order. A caller that stops early stops the work. */
export async function* streamConcurrently<Result>(
  count: number,
  width: number,
  signal: AbortSignal | undefined,
  work: (index: number, signals: RunSignals) => Promise<Result>,
): AsyncGenerator<Result> {
  const left = new AbortController();
  const either = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]);
  const ready: Result[] = [];
  let wake = (): void => undefined;
  let over = false;
  const all = runConcurrently(count, width, either, async (index, signals) => {
    ready.push(await work(index, signals));
    wake();
  }).finally(() => {
    over = true;
    wake();
  });
  all.catch(() => undefined); // awaited below, unless the caller left
  try {
    while (!over || ready.length > 0) {
      if (ready.length > 0) yield ready.shift() as Result;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    await all;
  } finally {
    left.abort();
  }
}

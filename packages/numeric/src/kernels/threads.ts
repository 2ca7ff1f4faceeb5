import { SettingError } from '../errors.js';
import { mailboxesOf, type Mailbox } from './thread-mailbox.js';
import type { Kernel } from './wasm.js';

/** Calls of a kernel's functions that may be made in any order and by any thread. */
export interface Calls {
  readonly count: number;
  /**
   * Call `index`, about to be made: the name of an exported function and its arguments, 14 at most. What it writes must be in memory that
   * belongs to `slot`, or that no other call touches.
   */
  readonly at: (index: number, slot: number) => readonly [name: string, ...args: number[]];
  /** Told, on the caller's thread, what a call returned; calls end in any order. Its slot is used again afterwards. */
  readonly done: (index: number, slot: number, result: number) => void;
}

/** Slots, numbered from 0, that calls on so many threads need: this thread works at one call, each other has another one waiting. */
export const slotsFor = (threads: number): number => 2 * threads - 1;

/** @throws SettingError unless `threads` is a whole number from 1 to 256 */
export function requireThreads(where: string, threads: number): void {
  if (Number.isInteger(threads) && threads >= 1 && threads <= 256) return;
  throw new SettingError(where, 'threads', 'a whole number from 1 to 256', threads);
}

/**
 * Makes all calls, on this thread and on `threads` − 1 others where there are worker threads to sleep for (Node); yields how many are done.
 * The other threads stay for the next time, asleep; they do not keep the process alive.
 * @param kernel loaded with a shared memory, unless `threads` is 1
 */
export function* callsOnThreads(
  kernel: Kernel<object>,
  calls: Calls,
  threads: number,
): Generator<number, void, undefined> {
  const mailboxes = mailboxesOf(kernel, threads - 1);
  const waiting = new Map<Mailbox, { readonly index: number; readonly slot: number }>();
  let next = 0;
  let done = 0;
  const post = (mailbox: Mailbox, slot: number): void => {
    if (next === calls.count) return;
    mailbox.post(calls.at(next, slot));
    waiting.set(mailbox, { index: next++, slot });
  };
  const collect = (): void => {
    for (const [mailbox, { index, slot }] of [...waiting]) {
      const result = mailbox.taken();
      if (result === null) continue;
      waiting.delete(mailbox);
      calls.done(index, slot, result);
      done++;
      post(mailbox, slot);
    }
  };
  const make = (index: number, slot: number): void => {
    const [name, ...args] = calls.at(index, slot);
    calls.done(index, slot, (kernel.call as Record<string, (...args: number[]) => number>)[name](...args));
    done++;
  };
  /** Work that a thread has not begun is made here, so that one which is still starting holds nobody up. */
  const finishOne = (): void => {
    const [first] = waiting;
    if (!first?.[0].takeBack()) return;
    waiting.delete(first[0]);
    make(first[1].index, first[1].slot);
  };
  try {
    mailboxes.all.forEach((mailbox, k) => post(mailbox, k + 1));
    while (done < calls.count) {
      if (next < calls.count) make(next++, 0);
      else finishOne();
      collect();
      yield done;
    }
  } finally {
    abandon(waiting.keys());
    mailboxes.release();
  }
}

/** A caller that gives up leaves calls behind: none may still be at work in this memory. */
function abandon(mailboxes: Iterable<Mailbox>): void {
  for (const mailbox of mailboxes) if (!mailbox.takeBack()) mailbox.taken();
}

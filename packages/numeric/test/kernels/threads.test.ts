import { describe, expect, it } from '@jest/globals';

import { K_MEANS_WASM } from '../../src/bytes/k-means-bytes.js';
import { callsOnThreads, slotsFor } from '../../src/kernels/threads.js';
import { borrowKernel, loadKernel } from '../../src/kernels/wasm.js';

/**
 * A kernel for a shared memory: (module (import "env" "memory" (memory 1 65536 shared)) (func (export "plus") (param f64 f64) (result f64)
 * local.get 0 local.get 1 f64.add) (func (export "trap") unreachable)).
 */
const SHARED = Buffer.from(
  [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    [1, 10, 2, 0x60, 2, 0x7c, 0x7c, 1, 0x7c, 0x60, 0, 0],
    [2, 18, 1, 3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 3, 1, 0x80, 0x80, 4],
    [3, 3, 2, 0, 1],
    [7, 15, 2, 4, 0x70, 0x6c, 0x75, 0x73, 0, 0, 4, 0x74, 0x72, 0x61, 0x70, 0, 1],
    [10, 13, 2, 7, 0, 0x20, 0, 0x20, 1, 0xa0, 0x0b, 3, 0, 0, 0x0b],
  ].flat(),
).toString('base64');

const opened = (shared: boolean) => loadKernel<object>(shared ? SHARED : K_MEANS_WASM, 65_536, shared)!;

describe('callsOnThreads', () => {
  it.each([1, 2, 4])('makes every call once, each in a slot of its own while it lasts, on %i threads', (threads) => {
    const results = new Float64Array(2000);
    const busy = new Set<number>();
    const steps = callsOnThreads(
      opened(true),
      {
        count: results.length,
        at: (index, slot) => {
          busy.add(slot);
          return ['plus', index, 0.5];
        },
        done: (index, slot, result) => {
          expect(busy.delete(slot)).toBe(true);
          results[index] += result;
        },
      },
      threads,
    );
    let last = 0;
    for (const done of steps) {
      expect(done).toBeGreaterThan(last);
      last = done;
    }
    expect(last).toBe(results.length);
    expect(Array.from(results)).toEqual(Array.from(results.keys(), (i) => i + 0.5));
    expect(slotsFor(threads)).toBe(2 * threads - 1);
  });

  it('can be given up in the middle and used again', () => {
    const calls = { count: 100, at: (i: number) => ['plus', i, 1] as const, done: () => undefined };
    const steps = callsOnThreads(opened(true), calls, 3);
    steps.next();
    steps.return();
    expect([...callsOnThreads(opened(true), calls, 3)].at(-1)).toBe(100);
  });

  it('uses one thread where the memory is not shared', () => {
    const slots = new Set<number>();
    const calls = {
      count: 10,
      at: (_: number, slot: number) => {
        slots.add(slot);
        return ['approach', 0, 0, 0, 0, 0] as const;
      },
      done: () => undefined,
    };
    expect([...callsOnThreads(opened(false), calls, 4)]).toHaveLength(10);
    expect([...slots]).toEqual([0]);
  });
});

describe('loadKernel and borrowKernel', () => {
  it('say null to what is not a module, every time', () => {
    for (let i = 0; i < 2; i++) {
      expect(loadKernel('AAAA', 100)).toBeNull();
      expect(borrowKernel('AAAA', 100)).toBeNull();
    }
  });

  it('lend the same memory again, cleared, while it is large enough', () => {
    const first = borrowKernel<object>(K_MEANS_WASM, 1000)!;
    new Uint8Array(first.buffer)[5] = 1;
    const second = borrowKernel<object>(K_MEANS_WASM, 500)!;
    expect(second.buffer).toBe(first.buffer);
    expect(new Uint8Array(second.buffer)[5]).toBe(0);
    expect(borrowKernel<object>(K_MEANS_WASM, 100_000)!.buffer).not.toBe(first.buffer);
  });
});

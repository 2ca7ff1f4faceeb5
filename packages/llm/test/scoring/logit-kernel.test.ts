import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { randomFor, type Random } from '@mixture-of-personas/numeric';
import { LogitKernel } from '../../src/scoring/logit-kernel.js';
import { NODE_BETAS } from '../../src/scoring/score-curve.js';

const FAMILIES: Readonly<Record<string, (random: Random) => number>> = {
  'a broad floor with peaks': (random) => 25 * random() ** 8 + 5 * random() - 12,
  'nearly flat': (random) => 0.1 * random(),
  'one token far above': (random) => (random() < 0.0005 ? 40 : 0) + random(),
  'spread over 120': (random) => 120 * random(),
  'large values': (random) => 4000 + 10 * random(),
};

function fill(kernel: LogitKernel, draw: (random: Random) => number): Float32Array {
  const random = randomFor(11, 'logits', 0);
  for (let v = 0; v < kernel.vocabulary; v++) kernel.logits[v] = draw(random);
  return kernel.logits.slice(0, kernel.vocabulary);
}

describe('LogitKernel', () => {
  it.each(Object.entries(FAMILIES))('sums exp(β (z − max)) at every node to 2e-4: %s', (_, draw) => {
    for (const vocabulary of [49152, 5001, 4098]) {
      const kernel = new LogitKernel(vocabulary, 1);
      const row = fill(kernel, draw);
      const top = kernel.nodeSums(0);
      expect(top).toBe(Math.max(...row));
      NODE_BETAS.forEach((beta, n) => {
        const exact = row.reduce((sum, z) => sum + Math.exp(beta * (z - top)), 0);
        expect(Math.abs(Math.log(kernel.sums[n]) - Math.log(exact))).toBeLessThan(2e-4);
      });
    }
  });

  it('counts −∞ as impossible and reports NaN and +∞', () => {
    const kernel = new LogitKernel(8, 1);
    kernel.logits.set([0, -Infinity, -Infinity, 0, -Infinity, -Infinity, -Infinity, -Infinity]);
    expect(kernel.nodeSums(0)).toBe(0);
    for (const sum of kernel.sums) expect(sum).toBeCloseTo(2, 6);
    kernel.logits[2] = Number.NaN;
    expect(kernel.nodeSums(0)).toBeNaN();
    expect(kernel.indexOfLargest(0)).toBe(-1);
    expect(kernel.draw(0, { temperature: 1, topP: 1, uniform: 0.5 })).toBe(-1);
    kernel.logits[2] = Infinity;
    expect(kernel.nodeSums(0)).toBe(Infinity);
    expect(kernel.draw(0, { temperature: 1, topP: 1, uniform: 0.5 })).toBe(-1);
  });

  it('draws tokens as often as softmax(z / τ) says', () => {
    const kernel = new LogitKernel(10, 1);
    kernel.logits.set([0, 1, 2, 3, 0.5, -2, 1.5, -9, 2.5, 0]);
    const temperature = 0.8;
    const weights = Array.from(kernel.logits.subarray(0, 10), (z) => Math.exp(z / temperature));
    const total = weights.reduce((a, b) => a + b, 0);
    const counts = new Array<number>(10).fill(0);
    const draws = 20_000;
    for (let i = 0; i < draws; i++) counts[kernel.draw(0, { temperature, topP: 1, uniform: (i + 0.5) / draws })] += 1;
    counts.forEach((count, v) => expect(Math.abs(count / draws - weights[v] / total)).toBeLessThan(2e-4));
  });

  it('cuts to the smallest set of most probable tokens that reaches topP', () => {
    const kernel = new LogitKernel(8, 1);
    kernel.logits.set([Math.log(0.4), Math.log(0.3), Math.log(0.2), Math.log(0.06), Math.log(0.04), -50, -60, -70]);
    const reached = (topP: number): number[] => {
      const seen = new Set<number>();
      for (let i = 0; i < 1000; i++) seen.add(kernel.draw(0, { temperature: 1, topP, uniform: (i + 0.5) / 1000 }));
      return [...seen].sort((a, b) => a - b);
    };
    expect(reached(0.1)).toEqual([0]);
    expect(reached(0.39)).toEqual([0]);
    expect(reached(0.41)).toEqual([0, 1]);
    expect(reached(0.75)).toEqual([0, 1, 2]);
    expect(reached(0.93)).toEqual([0, 1, 2, 3]);
    expect(reached(1)).toEqual([0, 1, 2, 3, 4]);
  });

  it('takes the first of equal largest tokens at temperature 0', () => {
    const kernel = new LogitKernel(6, 2);
    kernel.logits.set([1, 5, 5, 2, 0, 0], 6);
    expect(kernel.indexOfLargest(1)).toBe(1);
  });

  it('is the bytes that its source compiles to', () => {
    const root = resolve(import.meta.dirname, '../..');
    expect(execFileSync(process.execPath, ['kernels/build.mjs', '--check'], { cwd: root, encoding: 'utf8' })).toBe(
      'logits: same bytes\n',
    );
    expect(readFileSync(resolve(root, 'src/scoring/logits-bytes.ts'), 'utf8').length).toBeLessThan(6000);
  });
});

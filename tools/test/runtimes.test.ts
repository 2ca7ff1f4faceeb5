import { describe, expect, it } from '@jest/globals';
import { node } from './workspace.js';

interface Figures {
  readonly frechet: number;
  readonly mauve: number;
  readonly 'cosine-kl': number;
  readonly gate: readonly number[];
}

interface Answer {
  readonly figures?: Figures;
  readonly missing?: string;
}

function answerOf(runtime: string): Answer {
  const { status, stdout, stderr } = node(['tools/runtimes/run-figures.mjs', runtime]);
  if (status !== 0) throw new Error(`${runtime}: ${stderr}`);
  return JSON.parse(stdout) as Answer;
}

/** Runtimes round sines and exponentials differently in the last bit, and not all have fused multiply-add. */
const TOLERANCE = 1e-12;

describe('metrics, gating and numeric, bundled for a browser', () => {
  const reference = answerOf('node').figures!;

  it('compute figures that are numbers, and a fit that moved', () => {
    expect([reference.frechet, reference.mauve, reference['cosine-kl']].every((value) => value > 0)).toBe(true);
    expect(reference.gate).toHaveLength(3 * 8 * 16 + 5);
    expect(new Set(reference.gate.slice(-5)).size).toBe(5);
  });

  for (const runtime of ['browser', 'deno', 'bun']) {
    const { figures, missing } = answerOf(runtime);
    const reason = missing === undefined ? '' : ` (skipped: ${missing})`;
    (figures ? it : it.skip)(
      `give Node's Fréchet distance, MAUVE, cosine KL and fitted gate in ${runtime}${reason}`,
      () => {
        for (const name of ['frechet', 'mauve', 'cosine-kl'] as const) {
          expect(Math.abs(figures![name] / reference[name] - 1)).toBeLessThan(TOLERANCE);
        }
        const apart = figures!.gate.map((value, i) => Math.abs(value - reference.gate[i]));
        expect(Math.max(...apart)).toBeLessThan(TOLERANCE);
      },
    );
  }
});

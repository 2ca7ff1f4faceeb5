import type { PairScorer } from '@mixture-of-personas/gating';
import type { GatePopulation } from '../gate-population.js';

/**
 * Which of the K·N (persona, exemplar) pairs a fit has scored so far for any training record: a pair never tried can never be learned.
 * @param kept what `encode` gave in an earlier life of the fit; nothing yet without it
 */
export function triedPairs({ personas, exemplars: { rows }, training }: GatePopulation, kept?: string) {
  const bits = new Uint8Array(Math.ceil((personas.rows * rows) / 8));
  if (kept !== undefined) bits.set(Buffer.from(kept, 'base64'));
  const isTraining = new Set(training);
  return {
    /** The same scorer, noting what training records ask of it; what validation records ask is not tried by the fit. */
    noting:
      (scorer: PairScorer): PairScorer =>
      (requests, options) => {
        for (const { record, persona, exemplar } of requests) {
          const pair = persona * rows + exemplar;
          if (isTraining.has(record)) bits[pair >> 3]! |= 1 << (pair & 7);
        }
        return scorer(requests, options);
      },
    count: (): number => bits.reduce((sum, byte) => sum + bitsIn(byte), 0),
    /** One bit per pair, base64; to be kept with the fit's checkpoint. */
    encode: (): string => Buffer.from(bits).toString('base64'),
  };
}

function bitsIn(byte: number): number {
  let count = 0;
  for (let left = byte; left > 0; left &= left - 1) count++;
  return count;
}

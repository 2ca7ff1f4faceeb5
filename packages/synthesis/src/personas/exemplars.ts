import { randomFor, sampleWithoutReplacement } from '@mixture-of-personas/numeric';
import { ExemplarError } from '../errors.js';
import type { PopulationRecord } from '../record.js';

/** Exemplars and how the records relate to them. */
export interface ChosenExemplars {
  /** N records with N different texts, in the order they were drawn. */
  readonly exemplars: readonly PopulationRecord[];
  /** Index of each exemplar among the records, N long. */
  readonly indices: Int32Array;
  /** For every record the exemplar with the same text (0 … N−1) or −1: what self-masking leaves out. */
  readonly own: Int32Array;
}

/**
 * N records drawn at random to stand in prompts. Of records with the same text only the first can be drawn: two equal exemplars would be
 * one, and masking one would leave the other to be copied.
 * @param records what is drawn from
 * @param count N ≥ 1
 * @param seed of the draw
 * @throws ExemplarError when there are fewer records, or fewer different texts, than N
 */
export function chooseExemplars(records: readonly PopulationRecord[], count: number, seed: number): ChosenExemplars {
  if (!Number.isInteger(count) || count < 1) {
    throw new ExemplarError(`The number of exemplars must be a whole number from 1 on, got ${count}.`);
  }
  const firsts = firstOfEachText(records);
  if (count > firsts.length) {
    const have =
      firsts.length === records.length
        ? `there are only ${records.length} records`
        : `the ${records.length} records have only ${firsts.length} different texts`;
    throw new ExemplarError(`${count} exemplars were asked for, but ${have}. Ask for fewer or give more records.`);
  }
  const drawn = sampleWithoutReplacement(firsts.length, count, randomFor(seed, 'exemplars', 0));
  const indices = drawn.map((i) => firsts[i] as number);
  return chosenExemplars(records, indices);
}

/** Exemplars by their indices among the records. */
export function chosenExemplars(records: readonly PopulationRecord[], indices: Int32Array): ChosenExemplars {
  const exemplars = Array.from(indices, (i) => records[i] as PopulationRecord);
  return { exemplars, indices, own: ownExemplars(records, exemplars) };
}

/** For every record the exemplar (0 … N−1) that has the same text, or −1. Texts that differ in white space alone are the same. */
export function ownExemplars(records: readonly PopulationRecord[], exemplars: readonly PopulationRecord[]): Int32Array {
  const byText = new Map(exemplars.map(({ text }, j) => [squeezed(text), j]));
  return Int32Array.from(records, ({ text }) => byText.get(squeezed(text)) ?? -1);
}

/** Index of the first record of each text; texts that differ in white space alone are the same. */
export function firstOfEachText(records: readonly PopulationRecord[]): number[] {
  const seen = new Set<string>();
  const firsts: number[] = [];
  records.forEach(({ text }, i) => {
    const key = squeezed(text);
    if (seen.has(key)) return;
    seen.add(key);
    firsts.push(i);
  });
  return firsts;
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

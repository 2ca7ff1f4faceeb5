import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configSchema, type MopConfig } from '../../src/config/schema.js';

const SUBJECTS = ['market', 'rocket', 'striker', 'minister', 'reactor', 'orchestra', 'harbour', 'glacier'];
const VERBS = ['rises', 'falls', 'opens', 'fails', 'wins', 'shrinks', 'returns', 'waits'];
const PLACES = ['london', 'tokyo', 'lagos', 'quito', 'oslo', 'perth', 'turin', 'accra'];

/** Sentence i of a population of 512 different ones, and its label. */
function recordOf(i: number): { id: string; text: string; label: string } {
  const pick = (words: readonly string[], digit: number): string => words[Math.floor(i / 8 ** digit) % 8];
  const subject = pick(SUBJECTS, 0);
  const text = `The ${subject} ${pick(VERBS, 1)} again in ${pick(PLACES, 2)} while every other ${subject} watches`;
  return { id: `r${i}`, text, label: i % 2 === 0 ? 'even' : 'odd' };
}

/** Writes a population and a golden file into a folder and gives the settings of a job of a few hundred pairs. */
export async function smallJob(folder: string, overrides: Record<string, unknown> = {}): Promise<MopConfig> {
  const lines = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, i) => `${JSON.stringify(recordOf((from + i) * 5))}\n`).join('');
  const [population, golden] = [join(folder, 'population.jsonl'), join(folder, 'golden.jsonl')];
  await writeFile(population, lines(0, 40));
  await writeFile(golden, lines(40, 80));
  return configSchema.parse({
    population: { path: population, records: 24, validation: 8 },
    golden: { path: golden, records: 40 },
    personas: { count: 4, source: 'keywords' },
    exemplars: { count: 10 },
    gate: { topM: 3, hidden: 8, epochs: 3, batchSize: 8, validationPairs: 4, learningRate: 0.01, temperature: 1 },
    evaluate: { pairs: 10, heldOut: 12, trainingRecords: 8, bootstrap: 4, metrics: ['frechet', 'cosine-kl'] },
    simulate: { count: 24, batchSize: 8 },
    seed: 11,
    output: join(folder, 'run'),
    ...overrides,
  });
}

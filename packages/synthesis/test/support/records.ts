import { matrixOf, normal, randomFor, type Matrix } from '@mixture-of-personas/numeric';
import type { PopulationRecord } from '../../src/index.js';

const TOPICS = [
  { label: 'garden', words: 'roses soil pruning compost seedlings greenhouse'.split(' ') },
  { label: 'sea', words: 'harbour trawler lighthouse mackerel tide anchor'.split(' ') },
  { label: 'kitchen', words: 'dough oven rosemary butter skillet pepper'.split(' ') },
];

/** Records of three topics, by turns; each text has four words of its topic and is unlike the others. */
export function topicRecords(count: number): PopulationRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const { label, words } = TOPICS[i % 3];
    const random = randomFor(1, 'test records', i);
    const picked = Array.from({ length: 4 }, () => words[Math.floor(random() * words.length)]);
    return { id: `r${i}`, text: `Note ${i} tells of ${picked.join(' and ')}.`, label, context: `page ${i}` };
  });
}

/** Embeddings that lie close around one direction a topic: records, personas or exemplars by turns. */
export function topicEmbeddings(count: number, purpose = 'test embeddings'): Matrix<Float64Array> {
  return matrixOf(
    Array.from({ length: count }, (_, i) => {
      const random = randomFor(2, purpose, i);
      return Array.from({ length: 5 }, (_, j) => (j === i % 3 ? 1 : 0) + 0.1 * normal(random));
    }),
  );
}

/** All that an async generator yields. */
export async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

import { matrixOf, normal, randomFor, toFloat32, type Matrix } from '@mixture-of-personas/numeric';
import { fakeModel } from '@mixture-of-personas/llm/testing';
import { templateFor, type PopulationRecord, type SourceContext } from '../../src/index.js';

const TOPICS = [
  { label: 'garden', words: 'roses soil pruning compost seedlings greenhouse'.split(' ') },
  { label: 'sea', words: 'harbor trawler lighthouse mackerel tide anchor'.split(' ') },
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

/** Material for a text source: 12 labeled records, 3 personas, 6 exemplars, fakes for models; no files. */
export function sourceContext(more: Partial<SourceContext> = {}): SourceContext {
  const records = topicRecords(12);
  const missing = (path: string): Promise<never> => Promise.reject(new Error(`no file ${path}`));
  return {
    model: fakeModel(),
    template: templateFor('generic'),
    records,
    seed: 5,
    texts: { block: 8 },
    mixtureTemperature: Float64Array.of(0.5, 0.75, 1),
    encoder: { embed: (texts) => Promise.resolve(toFloat32(topicEmbeddings(texts.length))) },
    personas: () =>
      Promise.resolve(
        TOPICS.map(({ label }, k) => ({ id: `p00${k}`, persona: `You like the ${label}.`, source: 'file', label })),
      ),
    exemplars: () => Promise.resolve({ exemplars: records.slice(0, 6), embeddings: topicEmbeddings(6) }),
    readFile: missing,
    readFolder: missing,
    openModel: missing,
    ...more,
  };
}

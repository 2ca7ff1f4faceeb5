import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  matrixOf,
  multiplyByTranspose,
  randomFor,
  rowOf,
  sampleWithoutReplacement,
  topK,
  unitRows,
  type Matrix,
} from '@mixture-of-personas/numeric';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEncoder, type Encoder } from '../../src/index.js';
import { miniLm, missing, shared } from '../real-models.js';

const data = join(shared, 'data');
const linesOf = (name: string): string[] => readFileSync(join(data, name), 'utf8').trim().split('\n');

interface News {
  readonly label: number;
  readonly text: string;
}
const newsIn = (name: string): News[] =>
  linesOf(name).flatMap((line) => {
    const [, label, title, text] = /^"(\d)","((?:[^"]|"")*)","((?:[^"]|"")*)"$/.exec(line) ?? [];
    return label ? [{ label: Number(label), text: `${title}. ${text}`.replaceAll('""', '"') }] : [];
  });

const reviewsIn = (kind: string): string[] =>
  readdirSync(join(data, 'imdb/test', kind))
    .sort()
    .slice(0, 100)
    .map((name) =>
      linesOf(join('imdb/test', kind, name))
        .join(' ')
        .split(' ')
        .slice(0, 100)
        .join(' '),
    );

/** Share of the rows `queries` whose ten nearest among the rows `base` vote for their label; ties go to the lower label. */
function accuracy(matrix: Matrix, labels: readonly number[], base: Int32Array, queries: Int32Array): number {
  const cosines = multiplyByTranspose(rowsAt(matrix, queries), rowsAt(matrix, base));
  const right = queries.filter((query, i) => {
    const near = topK(cosines.data.subarray(i * base.length, (i + 1) * base.length), 10);
    const votes = [0, 0, 0, 0, 0];
    for (const j of near) votes[labels[base[j]]]++;
    return votes.indexOf(Math.max(...votes)) === labels[query];
  });
  return right.length / queries.length;
}

const rowsAt = (matrix: Matrix, rows: Int32Array): Matrix => matrixOf(Array.from(rows, (i) => rowOf(matrix, i)));

function ranks(numbers: readonly number[]): number[] {
  const out: number[] = [];
  Array.from(numbers.keys())
    .sort((a, b) => numbers[a] - numbers[b])
    .forEach((i, rank) => (out[i] = rank));
  return out;
}

/** Spearman's correlation of the cosines of all pairs. */
function agreement(a: Matrix, b: Matrix): number {
  const [x, y] = [a, b].map((matrix) => {
    const unit = unitRows(matrix);
    const all = multiplyByTranspose(unit, unit).data;
    return ranks(Array.from(all).filter((_, at) => Math.floor(at / unit.rows) < at % unit.rows));
  });
  const n = x.length;
  return 1 - (6 * x.reduce((sum, rank, i) => sum + (rank - y[i]) ** 2, 0)) / (n ** 3 - n);
}

if (!existsSync(data))
  describe.skip('the embedded encoder on news (skipped: ../shared is not beside this clone)', () =>
    it('needs records', () => undefined));
else
  describe('the embedded encoder on news that was not in its fit', () => {
    it('puts AG News records among those of their topic: 10-NN accuracy above 0.85, mean of ten draws of 2000 and 1000', async () => {
      const encoder = await openEncoder('embedded');
      const news = [...newsIn('ag_news/train.csv'), ...newsIn('ag_news/test.csv')];
      const rows = unitRows(await encoder.embed(news.map(({ text }) => text)));
      const labels = news.map(({ label }) => label);
      expect(news).toHaveLength(5200);
      const figures = Array.from({ length: 10 }, (_, i) => {
        const drawn = sampleWithoutReplacement(news.length, 3000, randomFor(0, 'news', i));
        return accuracy(rows, labels, drawn.slice(0, 2000), drawn.slice(2000));
      });
      expect(figures.reduce((a, b) => a + b) / figures.length).toBeGreaterThan(0.85);
    });
  });

if (missing !== undefined)
  describe.skip(`the embedded encoder and its teacher (${missing})`, () => it('needs a model', () => undefined));
else
  describe('the embedded encoder and its teacher, all-MiniLM-L6-v2', () => {
    let [student, teacher]: Encoder[] = [];
    beforeAll(async () => {
      student = await openEncoder('embedded');
      teacher = await openEncoder(`onnx:${miniLm}`, { threads: 1 });
    });
    afterAll(() => Promise.all([student.close(), teacher.close()]));

    it.each([
      ['AG News', () => newsIn('ag_news/test.csv').map(({ text }) => text), 0.72],
      [
        'SST-2',
        () =>
          linesOf('sst2/test.tsv')
            .slice(1)
            .map((line) => line.split('\t')[0]),
        0.68,
      ],
      ['the first hundred words of IMDB', () => ['neg', 'pos'].flatMap(reviewsIn), 0.54],
    ])(
      'agree on which of 200 texts of %s are alike (Spearman correlation of cosines above a bar)',
      async (_, texts, bar) => {
        const some = texts().slice(0, 200);
        expect(agreement(await student.embed(some), await teacher.embed(some))).toBeGreaterThan(bar);
      },
    );
  });

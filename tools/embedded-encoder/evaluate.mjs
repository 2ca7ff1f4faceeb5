// The figures of the embedded encoder, measured with the engine that ships, against its teacher: Spearman correlation of the cosines of all pairs,
// and 10-NN accuracy on AG News. None of these texts was in the fit.
//
// usage: node tools/embedded-encoder/evaluate.mjs DATA GOLDEN.json [--teacher FOLDER] [--cache FOLDER]
//   DATA has ag_news/{train,test}.csv, sst2/test.tsv and imdb/test/{neg,pos}; GOLDEN.json is what ../embedded-llm/population.mjs wrote
import { readdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEncoder, withCache } from '@mixture-of-personas/encoder';
import { multiplyByTranspose, randomFor, unitRows } from '@mixture-of-personas/numeric';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    teacher: { type: 'string', default: join(homedir(), '.cache/mop-models/all-MiniLM-L6-v2') },
    cache: { type: 'string', default: join(tmpdir(), 'embedded-encoder-teacher') },
  },
});
const [data, golden] = positionals;
if (golden === undefined) {
  console.error('usage: evaluate.mjs DATA GOLDEN.json [--teacher FOLDER] [--cache FOLDER]');
  process.exit(1);
}

/** Rows of `"label","title","text"`, quotes doubled within. */
const newsIn = (name) =>
  [...readFileSync(join(data, 'ag_news', name), 'utf8').matchAll(/^"(\d)","((?:[^"]|"")*)","((?:[^"]|"")*)"$/gm)].map(
    ([, label, title, text]) => ({ label: Number(label), text: `${title}. ${text}`.replaceAll('""', '"') }),
  );
const reviewsIn = (folder) =>
  readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));

/** A sample without replacement that is the same in every run. */
function sampled(items, count, purpose) {
  const random = randomFor(0, purpose, 0);
  const keys = items.map((item) => [random(), item]).sort(([a], [b]) => a - b);
  return keys.slice(0, count).map(([, item]) => item);
}

function ranks(numbers) {
  const order = Uint32Array.from(numbers, (_, i) => i).sort((a, b) => numbers[a] - numbers[b]);
  const out = new Float64Array(numbers.length);
  order.forEach((i, rank) => (out[i] = rank));
  return out;
}

/** Cosines of all pairs i < j. */
function cosines(matrix) {
  const unit = unitRows(matrix);
  const all = multiplyByTranspose(unit, unit);
  const out = new Float64Array((unit.rows * (unit.rows - 1)) / 2);
  for (let i = 0, k = 0; i < unit.rows; i++)
    for (let j = i + 1; j < unit.rows; j++) out[k++] = all.data[i * unit.rows + j];
  return out;
}

/** Spearman's correlation, 1 − 6 Σ d² / (n³ − n); ties do not occur among cosines of real texts often enough to matter. */
function spearman(a, b) {
  const [x, y] = [ranks(a), ranks(b)];
  return 1 - (6 * x.reduce((sum, rank, i) => sum + (rank - y[i]) ** 2, 0)) / (x.length ** 3 - x.length);
}

/** Share of `queries` rows whose 10 nearest of `base` rows vote for their label; a tie goes to the lower label. */
function accuracy(matrix, labels, base, queries) {
  const right = queries.filter((q) => {
    const near = base
      .map((b) => [dot(matrix, q, b), labels[b]])
      .sort(([a], [b]) => b - a)
      .slice(0, 10);
    const votes = [1, 2, 3, 4].map((label) => near.filter(([, other]) => other === label).length);
    return votes.indexOf(Math.max(...votes)) + 1 === labels[q];
  });
  return right.length / queries.length;
}

function dot({ data: numbers, cols }, i, j) {
  let sum = 0;
  for (let k = 0; k < cols; k++) sum += numbers[i * cols + k] * numbers[j * cols + k];
  return sum;
}

const student = await openEncoder('embedded');
const teacher = withCache(await openEncoder(`onnx:${values.teacher}`, { threads: 1 }), values.cache);

const sets = {
  'State of the Union, held out': JSON.parse(readFileSync(golden, 'utf8')).map(({ text }) => text),
  'SST-2': readFileSync(join(data, 'sst2/test.tsv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t')[0]),
  // A hundred words, so that the teacher, which cuts at 256 pieces, reads the same text.
  'IMDB, first 100 words': ['neg', 'pos']
    .flatMap((kind) => reviewsIn(join(data, 'imdb/test', kind)))
    .map((text) => text.split(' ').slice(0, 100).join(' ')),
  'AG News': newsIn('test.csv').map(({ text }) => text),
};
console.log('Spearman correlation of pairwise cosines with the teacher');
for (const [name, texts] of Object.entries(sets)) {
  const some = sampled(texts, 1000, name);
  const [ours, theirs] = [await student.embed(some), await teacher.embed(some)];
  console.log(`  ${name.padEnd(30)} ${spearman(cosines(ours), cosines(theirs)).toFixed(3)}  (${some.length} texts)`);
}

const news = [...newsIn('train.csv'), ...newsIn('test.csv')];
const rows = unitRows(await student.embed(news.map(({ text }) => text)));
const labels = news.map(({ label }) => label);
const splits = Array.from({ length: 10 }, (_, i) => {
  const order = sampled([...labels.keys()], 3000, `split ${i}`);
  return accuracy(rows, labels, order.slice(0, 2000), order.slice(2000));
});
const mean = splits.reduce((a, b) => a + b) / splits.length;
console.log(
  `AG News 10-NN accuracy, 1000 among 2000, ten draws of ${news.length}: ${mean.toFixed(3)} (${Math.min(...splits)}–${Math.max(...splits)})`,
);
await teacher.close();
await student.close();

// Judges the texts of a run of experiments/target-*.yaml: are those of the gate fitted by texts closer to the target than those of equal weights, of the
// likelihood gate, of the prompt alone, and than resampled exemplars? Five blocks of texts, drawn apart, meet five disjoint parts of the golden records.
//   node experiments/target-and-pool/judge.mjs RUN --records PATH --format sst2 --target negative --encoder onnx:FOLDER [--blocks 5] [--save CSV]
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEncoder } from '@mixture-of-personas/encoder';
import { compareOverSeeds, cosineHistogramKl, energyDistance, kid, mauve } from '@mixture-of-personas/metrics';
import {
  classProbabilities,
  fitLogisticRegression,
  randomFor,
  sampleWithoutReplacement,
  takeRows,
} from '@mixture-of-personas/numeric';
import { loadRecords } from '@mixture-of-personas/pipeline';

const SEED = 0;
const METRICS = [
  { name: 'KID · 10³', better: 'lower', of: (a, b) => 1000 * kid(a, b) },
  { name: 'energy distance', better: 'lower', of: (a, b) => energyDistance(a, b) },
  { name: 'MAUVE', better: 'higher', of: (a, b) => mauve(a, b, { seed: SEED }).mauve },
  { name: 'cosine KL', better: 'lower', of: (a, b) => cosineHistogramKl(a, b) },
];
const SETS = {
  texts: 'synthetic.jsonl',
  'equal weights': 'baselines/uniform.jsonl',
  likelihood: 'baselines/likelihood.jsonl',
  'zero-shot': 'baselines/zero-shot.jsonl',
};
const REFERENCE = 'texts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    records: { type: 'string' },
    format: { type: 'string', default: 'auto' },
    target: { type: 'string' },
    encoder: { type: 'string' },
    blocks: { type: 'string', default: '5' },
    save: { type: 'string' },
  },
});
const [run] = positionals;
if (!run || !values.records || !values.target || !values.encoder) {
  console.error('Give a run folder, --records, --target and --encoder; the head of this file shows the command.');
  process.exit(1);
}
const blocks = Number(values.blocks);

const encoder = await openEncoder(values.encoder);
const embed = (texts) => encoder.embed(texts);
const textsOf = async (file) =>
  (await readFile(join(run, file), 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).text);
const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);
const shuffled = (n, purpose) => [...sampleWithoutReplacement(n, n, randomFor(SEED, purpose, 0))];
const cut = (rows, size) => range(0, blocks).map((b) => rows.slice(b * size, (b + 1) * size));

const all = await loadRecords({ path: values.records, format: values.format, split: 'test' });
const golden = all.filter(({ label }) => label === values.target);
const goldenRows = await embed(golden.map(({ text }) => text));
const goldenParts = cut(shuffled(golden.length, 'golden-parts'), Math.floor(golden.length / blocks)).map((rows) =>
  takeRows(goldenRows, rows),
);

const sets = {};
for (const [name, file] of Object.entries(SETS)) {
  const rows = await embed(await textsOf(file));
  sets[name] = cut(range(0, rows.rows), Math.floor(rows.rows / blocks)).map((part) => takeRows(rows, part));
}
const size = sets[REFERENCE][0].rows;
const exemplars = await embed(await textsOf('exemplars.jsonl'));
sets['resampled exemplars'] = range(0, blocks).map((b) => {
  const random = randomFor(SEED, 'resampled-exemplars', b);
  return takeRows(
    exemplars,
    range(0, size).map(() => Math.floor(random() * exemplars.rows)),
  );
});
sets['golden (another part)'] = goldenParts.map((_, b) => goldenParts[(b + 1) % blocks]);

// The share in the target class, by a classifier trained on every other test record of all classes.
const labels = [...new Set(all.map(({ label }) => label))].sort();
const trained = all.filter((_, i) => i % 2 === 0).slice(0, 2000);
const theta = fitLogisticRegression(
  {
    rows: await embed(trained.map(({ text }) => text)),
    classOf: Int32Array.from(trained, ({ label }) => labels.indexOf(label)),
    classes: labels.length,
  },
  { regularization: 1 / trained.length },
);
const inTarget = (rows) => {
  const p = classProbabilities(rows, theta);
  const target = labels.indexOf(values.target);
  let count = 0;
  for (let i = 0; i < p.rows; i++) {
    const row = p.data.subarray(i * p.cols, (i + 1) * p.cols);
    if (row.indexOf(Math.max(...row)) === target) count++;
  }
  return count / p.rows;
};
const unseen = new Set(all.filter((_, i) => i % 2 === 1));
const unseenGolden = takeRows(
  goldenRows,
  golden.flatMap((record, i) => (unseen.has(record) ? [i] : [])),
);

const figures = Object.fromEntries(
  Object.entries(sets).map(([name, parts]) => [
    name,
    METRICS.map(({ of }) => parts.map((part, b) => of(part, goldenParts[b]))),
  ]),
);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const error = (values) => {
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1) / values.length);
};
const digits = (value) => (value < 0 ? '−' : '') + Math.abs(value).toPrecision(3);

console.log(
  `${blocks} blocks of ${size} texts against ${blocks} parts of ${goldenParts[0].rows} golden records; mean (standard error).\n`,
);
console.log(
  `| texts of | ${METRICS.map(({ name, better }) => name + (better === 'lower' ? ' ↓' : ' ↑')).join(' | ')} | in the target class |`,
);
console.log(`| --- | ${METRICS.map(() => '--:').join(' | ')} | --: |`);
for (const [name, rows] of Object.entries(figures)) {
  const shares = name.startsWith('golden') ? [inTarget(unseenGolden)] : sets[name].map(inTarget);
  const cells = rows.map((values) => `${digits(mean(values))} (${digits(error(values))})`);
  console.log(`| ${name} | ${cells.join(' | ')} | ${(100 * mean(shares)).toFixed(1)} % |`);
}
const rivals = Object.keys(sets).filter((name) => name !== REFERENCE && !name.startsWith('golden'));
const tested = rivals.flatMap((name) =>
  METRICS.map(({ better }, m) => ({
    differences: figures[REFERENCE][m].map((value, b) => value - figures[name][m][b]),
    better,
  })),
);
const verdicts = compareOverSeeds(tested);
console.log(
  `\nFitted by texts less the row, paired over blocks; p adjusted for ${tested.length} comparisons (Holm).\n`,
);
console.log(`| less | ${METRICS.map(({ name }) => name).join(' | ')} |`);
console.log(`| --- | ${METRICS.map(() => '--:').join(' | ')} |`);
rivals.forEach((name, r) => {
  const cells = METRICS.map((_, m) => {
    const { mean: difference, standardError, adjusted, verdict } = verdicts[r * METRICS.length + m];
    return `${digits(difference)} (${digits(standardError)}), p ${adjusted.toFixed(3)}, ${verdict}`;
  });
  console.log(`| ${name} | ${cells.join(' | ')} |`);
});
if (values.save !== undefined) {
  const lines = Object.entries(figures).flatMap(([name, rows]) =>
    rows.flatMap((parts, m) => parts.map((value, b) => `${name},${METRICS[m].name},${b},${value}`)),
  );
  await writeFile(values.save, `texts,metric,block,value\n${lines.join('\n')}\n`);
}
encoder.dispose?.();

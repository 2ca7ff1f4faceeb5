// Are the texts of a run closer to the golden records than those of its baselines, and than resampled exemplars? Blocks of texts, drawn apart, meet as
// many disjoint parts of the golden records; the run's own texts are compared with each other set over the blocks by paired t tests with Holm's
// correction. Fewer than five blocks have no verdict.
// usage: node tools/downstream/judge-blocks.mjs RUN [BLOCKS, 5 when absent] [CSV]
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEncoder, parseEncoderChoice } from '@mixture-of-personas/encoder';
import { compareOverSeeds, cosineHistogramKl, energyDistance, kid, mauve } from '@mixture-of-personas/metrics';
import { randomFor, sampleWithoutReplacement, takeRows } from '@mixture-of-personas/numeric';
import { configOf, loadRecords, openExistingRun } from '@mixture-of-personas/pipeline';
import { goldenSource, OWN, textSets, textsIn } from './run-texts.mjs';

const METRICS = [
  { name: 'KID · 10³', better: 'lower', of: (a, b) => 1000 * kid(a, b) },
  { name: 'energy distance · 10²', better: 'lower', of: (a, b) => 100 * energyDistance(a, b) },
  { name: 'MAUVE', better: 'higher', of: (a, b) => mauve(a, b).mauve },
  { name: 'KL cosine', better: 'lower', of: (a, b) => cosineHistogramKl(a, b) },
];
const GOLDEN = 'golden, the next part';

const [run, given = '5', csv] = process.argv.slice(2);
const blocks = Number(given);
if (run === undefined || !Number.isInteger(blocks) || blocks < 2) {
  console.error('usage: node tools/downstream/judge-blocks.mjs RUN [BLOCKS, 5 when absent] [CSV]');
  process.exit(2);
}

const config = configOf(await openExistingRun(run));
const encoder = await openEncoder(parseEncoderChoice(config.encoder.model));
const range = (count) => Array.from({ length: count }, (_, i) => i);
const inBlocks = (matrix, rows) => {
  const size = Math.floor(rows.length / blocks);
  return range(blocks).map((b) => takeRows(matrix, rows.slice(b * size, (b + 1) * size)));
};

const golden = await loadRecords(goldenSource(config, config.golden.labels ?? config.population.labels));
const goldenRows = await encoder.embed(golden.map(({ text }) => text));
const order = [...sampleWithoutReplacement(golden.length, golden.length, randomFor(0, 'golden-blocks', 0))];
const goldenParts = inBlocks(goldenRows, order);

const sets = new Map();
for (const { name, texts } of await textSets(run)) {
  const rows = await encoder.embed(texts);
  sets.set(name, inBlocks(rows, range(rows.rows)));
}
const size = sets.get(OWN)[0].rows;
const exemplars = await encoder.embed(await textsIn(join(run, 'exemplars.jsonl')));
sets.set(
  'resampled exemplars',
  range(blocks).map((b) => {
    const random = randomFor(0, 'resampled-exemplars', b);
    return takeRows(
      exemplars,
      range(size).map(() => Math.floor(random() * exemplars.rows)),
    );
  }),
);
const rivals = [...sets.keys()].filter((name) => name !== OWN);
sets.set(
  GOLDEN,
  goldenParts.map((_, b) => goldenParts[(b + 1) % blocks]),
);

/** By set and metric, one figure per block. */
const figures = new Map(
  [...sets].map(([name, parts]) => [name, METRICS.map(({ of }) => parts.map((part, b) => of(part, goldenParts[b])))]),
);
const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const errorOf = (values) => {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) / values.length);
};
const digits = (value) => `${value < 0 ? '−' : ''}${Math.abs(value).toPrecision(3)}`;
const table = (first, rows) => {
  console.log(
    `| ${first} | ${METRICS.map(({ name, better }) => `${name} ${better === 'lower' ? '↓' : '↑'}`).join(' | ')} |`,
  );
  console.log(`| --- | ${METRICS.map(() => '--:').join(' | ')} |`);
  for (const [name, cells] of rows) console.log(`| ${name} | ${cells.join(' | ')} |`);
};

console.log(
  `${blocks} blocks of ${size} texts, each against its own ${goldenParts[0].rows} golden records; mean over blocks (standard error).\n`,
);
table(
  'texts',
  [...figures].map(([name, rows]) => [
    name,
    rows.map((values) => `${digits(meanOf(values))} (${digits(errorOf(values))})`),
  ]),
);

const own = figures.get(OWN);
const verdicts = compareOverSeeds(
  rivals.flatMap((name) =>
    METRICS.map(({ better }, m) => ({
      differences: own[m].map((value, b) => value - figures.get(name)[m][b]),
      better,
    })),
  ),
);
console.log(
  `\nThe run's own texts less the row (standard error), p by paired t tests over ${blocks} blocks, Holm over ${verdicts.length}.\n`,
);
table(
  'less',
  rivals.map((name, r) => [
    name,
    METRICS.map((_, m) => {
      const { mean, standardError, adjusted, verdict } = verdicts[r * METRICS.length + m];
      return `${digits(mean)} (${digits(standardError)}), p ${adjusted.toFixed(3)}, ${verdict}`;
    }),
  ]),
);
if (csv !== undefined) {
  const lines = [...figures].flatMap(([name, rows]) =>
    rows.flatMap((values, m) => values.map((value, b) => `${JSON.stringify(name)},${METRICS[m].name},${b},${value}`)),
  );
  await writeFile(csv, `texts,metric,block,value\n${lines.join('\n')}\n`);
}
await encoder.close();

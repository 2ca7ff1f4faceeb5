// The share of texts that a classifier puts into the target class of a run: logistic regression on embeddings by the run's encoder, trained on golden
// records of all classes. The golden target records themselves are judged by classifiers trained on the other four fifths.
// usage: node tools/downstream/target-share.mjs RUN [RUN…]
import { openEncoder, parseEncoderChoice } from '@mixture-of-personas/encoder';
import { downstreamF1 } from '@mixture-of-personas/metrics';
import { randomFor, sampleWithoutReplacement, takeRows } from '@mixture-of-personas/numeric';
import { configOf, loadRecords, openExistingRun } from '@mixture-of-personas/pipeline';
import { goldenSource, textSets } from './run-texts.mjs';

const FOLDS = 5;
const runs = process.argv.slice(2);
if (runs.length === 0) {
  console.error('usage: node tools/downstream/target-share.mjs RUN [RUN…]');
  process.exit(2);
}

/** Golden records of all classes with their embeddings, one set for runs that share them. */
const goldenSets = new Map();
/** Encoders by name. */
const encoders = new Map();

async function encoderOf(name) {
  if (!encoders.has(name)) encoders.set(name, await openEncoder(parseEncoderChoice(name)));
  return encoders.get(name);
}

async function goldenOf(config) {
  const { encoder } = config;
  const all = goldenSource(config, undefined);
  const key = JSON.stringify([all, encoder.model]);
  if (!goldenSets.has(key)) {
    const records = await loadRecords(all);
    const embeddings = await (await encoderOf(encoder.model)).embed(records.map(({ text }) => text));
    goldenSets.set(key, { embeddings, labels: records.map(({ label }) => label) });
  }
  return goldenSets.get(key);
}

/** Share of rows that a classifier trained on some labeled rows puts into the target. */
function shareOf(training, embeddings, target) {
  return downstreamF1(training, { embeddings, labels: Array.from({ length: embeddings.rows }, () => target) }).accuracy;
}

function partOf({ embeddings, labels }, rows) {
  return { embeddings: takeRows(embeddings, rows), labels: rows.map((row) => labels[row]) };
}

/** Share of the golden target records, each judged by a classifier that did not see it. */
function goldenShare(golden, target) {
  const count = golden.labels.length;
  const order = [...sampleWithoutReplacement(count, count, randomFor(0, 'folds', 0))];
  let [found, all] = [0, 0];
  for (let fold = 0; fold < FOLDS; fold++) {
    const kept = order.filter((_, i) => i % FOLDS !== fold);
    const out = order.filter((row, i) => i % FOLDS === fold && golden.labels[row] === target);
    found += out.length * shareOf(partOf(golden, kept), takeRows(golden.embeddings, out), target);
    all += out.length;
  }
  return { share: found / all, count: all };
}

const line = (name, share, count) =>
  console.log(
    `${name.padEnd(14)} ${share.toFixed(3)} (s.e. ${Math.sqrt((share * (1 - share)) / count).toFixed(3)}, n ${count})`,
  );

for (const run of runs) {
  const config = configOf(await openExistingRun(run));
  const [target, ...others] = config.population.labels ?? [];
  if (target === undefined || others.length > 0) throw new Error(`${run} has no target of one label`);
  const golden = await goldenOf(config);
  console.log(`${run}: share of texts in the class ${target}`);
  for (const { name, texts } of await textSets(run)) {
    const embeddings = await (await encoderOf(config.encoder.model)).embed(texts);
    line(name, shareOf(golden, embeddings, target), texts.length);
  }
  const real = goldenShare(golden, target);
  line('golden', real.share, real.count);
}
for (const encoder of encoders.values()) await encoder.close();

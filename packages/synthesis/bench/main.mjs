// Questions: does an exemplar near the record make it likelier, which way of introducing it most, and how many of the model's
// persona descriptions are usable? `npm run bench -- synthesis [AG-NEWS-CSV] [RECORDS]`; models in MOP_MODELS or the user's cache folder.
// `--smoke` runs every part once, in seconds, on made-up news, the embedded encoder and a fake model, and says nothing about prompts.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { openEncoder } from '@mixture-of-personas/encoder';
import { openLanguageModel } from '@mixture-of-personas/llm';
import { fakeModel } from '@mixture-of-personas/llm/testing';
import {
  multiplyByTranspose,
  randomFor,
  rowOf,
  sampleWithoutReplacement,
  unitRows,
} from '@mixture-of-personas/numeric';
import {
  keywordPersonas,
  pairRequest,
  synthesizePersonas,
  templateFor,
  zeroShotRequests,
} from '@mixture-of-personas/synthesis';

const smoke = process.argv.includes('--smoke');
const [csv = '../shared/data/ag_news/train.csv', count = smoke ? '2' : '40'] = process.argv
  .slice(2)
  .filter((argument) => argument !== '--smoke');
const models = process.env.MOP_MODELS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mop-models');
for (const path of smoke ? [] : [csv, models]) {
  if (existsSync(path)) continue;
  console.error(`There is no ${path}.`);
  process.exit(1);
}

const POOL = smoke ? 24 : 600;
const K = smoke ? 2 : 20;
const TEMPERATURES = smoke ? [1] : [0.8, 0.9, 1, 1.1, 1.2];
const template = templateFor('ag-news');

/** Records of AG News, drawn by seed. */
function newsRecords() {
  const lines = readFileSync(csv, 'utf8').split('\n').filter(Boolean);
  const drawn = sampleWithoutReplacement(lines.length, POOL + Number(count), randomFor(1, 'bench', 0));
  return Array.from(drawn, (i) => {
    const [label, title, text] = [...lines[i].matchAll(/"((?:[^"]|"")*)"/g)].map((match) =>
      match[1].replaceAll('""', '"'),
    );
    return { id: `r${i}`, text: `${title}. ${text}`, label };
  });
}

const THEMES = ['markets shares profit bank', 'match goal season coach', 'chip software search phone'];
const madeUpRecords = () =>
  Array.from({ length: POOL + Number(count) }, (_, i) => {
    const words = THEMES[i % THEMES.length].split(' ');
    return { id: `r${i}`, text: `${words[i % 4]} and ${words[(i + 1) % 4]} on day ${i}.`, label: `${(i % 3) + 1}` };
  });

const records = smoke ? madeUpRecords() : newsRecords();
const pool = records.slice(0, POOL);
const asked = records.slice(POOL);

const encoder = await openEncoder(
  smoke ? { kind: 'embedded' } : { kind: 'onnx', model: join(models, 'all-MiniLM-L6-v2') },
);
const embeddings = await encoder.embed(pool.map(({ text }) => text));
const personas = keywordPersonas({ records: pool, embeddings, template }, { count: K, seed: 1 });
const personaRows = unitRows(await encoder.embed(personas.map(({ persona }) => persona)));
const askedRows = unitRows(await encoder.embed(asked.map(({ text }) => text)));
await encoder.close();

const toExemplars = multiplyByTranspose(askedRows, unitRows(embeddings));
const toPersonas = multiplyByTranspose(askedRows, personaRows);
const largest = (row) => row.indexOf(Math.max(...row));
const PAIRS = {
  near: (i) => ({ persona: largest(rowOf(toPersonas, i)), exemplar: largest(rowOf(toExemplars, i)) }),
  random: (i) => {
    const random = randomFor(2, 'bench pair', i);
    return { persona: Math.floor(random() * K), exemplar: Math.floor(random() * POOL) };
  },
};

const model = smoke
  ? fakeModel()
  : await openLanguageModel({ kind: 'onnx', model: join(models, 'SmolLM2-135M-Instruct') });
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const standardError = (values) => Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)) / (values.length - 1));
let zeroShot;
async function row(name, requests) {
  const curves = await model.score(requests);
  const best = TEMPERATURES.map((t) => [t, mean(curves.map((curve) => curve.logProbability(t)))]).sort(
    (a, b) => b[1] - a[1],
  )[0];
  const values = curves.map((curve) => curve.logProbability(best[0]));
  zeroShot ??= values;
  const gains = values.map((value, i) => value - zeroShot[i]);
  console.log(
    `| ${name} | ${best[0]} | ${best[1].toFixed(1)} | ${mean(gains).toFixed(1)} (${standardError(gains).toFixed(1)}) |`,
  );
}
console.log(
  `${smoke ? 'Fake model' : 'SmolLM2-135M-Instruct'}, ${asked.length} records, nats per record at the best of ${TEMPERATURES.join(', ')}\n`,
);
console.log('| prompt | τ | log-likelihood | over zero-shot (s.e.) |\n|---|---|---|---|');
await row('zero-shot', zeroShotRequests(template, asked));
for (const role of ['generateFromTurn', 'generateFromQuote', 'generateFromProfile']) {
  for (const [kind, pairOf] of Object.entries(PAIRS)) {
    const parts = { template, personas, exemplars: pool, records: asked, role };
    await row(
      `${role}, ${kind}`,
      asked.map((_, i) => pairRequest(parts, { record: i, ...pairOf(i) })),
    );
  }
}

console.log('\nPersonas by the model:');
const sources = { llm: 0, keywords: 0 };
const steps = synthesizePersonas({ records: pool, embeddings, template, model }, { count: K, seed: 1 });
for await (const { persona, attempts, note } of steps) {
  sources[persona.source] += 1;
  console.log(
    `${persona.id} ${persona.source} ${attempts}: ${persona.persona}${note === undefined ? '' : `\n     ${note.message}`}`,
  );
}
console.log(`${sources.llm} of ${K} described by the model.`);
await model.close();

// Scores held-out.json (from evaluate.py) with the exported model through packages/llm, one thread, and prints what the model card records.
// usage: node check.mjs MODEL-FOLDER HELD-OUT.json
import { readFile } from 'node:fs/promises';
import { openLanguageModel } from '@mixture-of-personas/llm';

const sum = (values) => values.reduce((total, value) => total + value, 0);
const mean = (values) => sum(values) / values.length;
const cpuSeconds = (since) => (({ user, system }) => (user + system) / 1e6)(process.cpuUsage(since));

async function scored(model, rows) {
  const start = process.cpuUsage();
  const curves = await model.score(
    rows.map(({ prompt, response }) => ({ prompt: { text: prompt }, completion: response })),
  );
  return {
    seconds: cpuSeconds(start),
    nats: curves.map((curve) => curve.logProbability(1)),
    tokens: curves.map((curve) => curve.tokens),
  };
}

/** CPU seconds to score `records` under the same pairs, with the year after the exemplar (as trained) and before it. */
async function sharing(model, rows, { pairs, records }) {
  const right = rows.filter(({ condition }) => condition === 'right');
  const responses = right.slice(pairs, pairs + records);
  const seconds = { after: 0, before: 0 };
  for (const { prompt } of right.slice(0, pairs)) {
    const [, persona, example] = /^(<\|persona\|>.*?)(<\|example\|>.*?)<\|context\|>/su.exec(prompt) ?? [];
    const years = responses.map((row) => [
      /<\|context\|>.*?(?=<\|response\|>)/su.exec(row.prompt)?.[0] ?? '',
      row.response,
    ]);
    const late = years.map(([year, response]) => ({ prompt: `${persona}${example}${year}<|response|>`, response }));
    const early = years.map(([year, response]) => ({ prompt: `${year}${persona}${example}<|response|>`, response }));
    seconds.after += (await scored(model, late)).seconds;
    seconds.before += (await scored(model, early)).seconds;
  }
  return { ...seconds, saved: 1 - seconds.after / seconds.before };
}

const [folder, file] = process.argv.slice(2);
const rows = JSON.parse(await readFile(file, 'utf8'));
const model = await openLanguageModel(`onnx:${folder}`, { threads: 1 });
await scored(model, rows.slice(0, 8)); // warm
const { seconds, nats, tokens } = await scored(model, rows);
const wrong = rows.filter((row, i) => row.tokens !== tokens[i]).length;
const of = (name) => rows.flatMap((row, i) => (row.condition === name ? [nats[i]] : []));
const tokensOf = (name) => sum(rows.flatMap((row, i) => (row.condition === name ? [tokens[i]] : [])));
const exactOf = (name) => sum(rows.flatMap((row) => (row.condition === name ? [row.nats] : [])));
const perplexity = (name) => Math.exp(-sum(of(name)) / tokensOf(name));
const exact = Math.exp(-exactOf('year') / tokensOf('year'));
const [right, random, year] = ['right', 'random', 'year'].map(of);
const differences = (a, b) => a.map((value, i) => value - b[i]);
const figures = {
  records: year.length,
  'records whose token count differs from the training tokenizer': wrong,
  'perplexity after nothing': perplexity('nothing'),
  'perplexity given the year': perplexity('year'),
  'perplexity given the right pair and the year': perplexity('right'),
  'perplexity given a random pair and the year': perplexity('random'),
  'perplexity given the year, 32 bits': exact,
  'int8 over 32 bits, percent of perplexity': 100 * (perplexity('year') / exact - 1),
  'right minus random pair, nats per record': mean(differences(right, random)),
  'right beats random, share of records': mean(differences(right, random).map((d) => Number(d > 0))),
  'right pair minus year alone, nats per record': mean(differences(right, year)),
  'tokens a CPU second, prompt and response': sum(rows.map((row) => row.length)) / seconds,
  'CPU time saved by the year after the exemplar': (await sharing(model, rows, { pairs: 8, records: 24 })).saved,
};
for (const [name, value] of Object.entries(figures))
  console.log(`${name}: ${Number.isInteger(value) ? value : value.toPrecision(4)}`);
await model.close();

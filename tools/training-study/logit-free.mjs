// The fit without log-probabilities against the likelihood fit, on the same pairs of the same gate: S texts are sampled from every pair once.
// usage: node tools/training-study/logit-free.mjs --path PATH --format FORMAT --work FOLDER --out FILE.json [--samples 24] [--llm M] [--encoder E]
import {
  bestPairWeights,
  discrepancyForm,
  discrepancyOf,
  effectiveNumber,
  fitDiscrepancy,
  fitGateSteps,
  logWeight,
  randomGate,
  uniformGate,
} from '@mixture-of-personas/gating';
import { openEncoder } from '@mixture-of-personas/encoder';
import { openLanguageModel } from '@mixture-of-personas/llm';
import { randomFor, takeRows } from '@mixture-of-personas/numeric';
import { cleanText, renderPrompt } from '@mixture-of-personas/synthesis';
import { openStudy, say, writeResult } from './start.mjs';
import { difference, judged, mixtureFor } from './truth.mjs';

const { settings: about, problem } = await openStudy({
  records: '300',
  'held-out': '300',
  personas: '10',
  exemplars: '4',
  samples: '24',
  temperature: '1',
  'max-tokens': '96',
});
const { records, personas, exemplars, seed, samples, temperature, llm } = about;
const pairs = Array.from({ length: problem.pairs }, (_, p) => ({
  persona: Math.floor(p / exemplars),
  exemplar: p % exemplars,
}));

/** 2S texts of every pair, each after the context of a training record drawn at random. */
async function sampledTexts() {
  const { personas: described, exemplars: shown, template } = problem.texts;
  const model = await openLanguageModel(llm, { threads: 1 });
  const requests = pairs.flatMap(({ persona, exemplar }, p) =>
    Array.from({ length: 2 * samples }, (_, s) => {
      const row = p * 2 * samples + s;
      const from = problem.rows[Math.floor(randomFor(seed, 'logit-free context', row)() * records)];
      const prompt = renderPrompt(template, 'generate', {
        persona: described[persona].persona,
        exemplar: shown[exemplar].text,
        context: from.context,
        label: from.label,
      });
      return { prompt, temperature, maxTokens: about['max-tokens'], seed, row };
    }),
  );
  const texts = requests.map(() => ' ');
  for await (const made of model.generate(requests)) texts[made.index] = cleanText(made.text, template.output) || ' ';
  await model.close();
  return texts;
}

const encoder = await openEncoder(about.encoder);
const embedded = await encoder.embed(await sampledTexts());
await encoder.close();
say('texts sampled');
const half = (first) => ({
  pairs,
  texts: takeRows(
    embedded,
    pairs.flatMap((_, p) => Array.from({ length: samples }, (_, s) => p * 2 * samples + first * samples + s)),
  ),
});
const training = { rows: problem.training, texts: problem.embeddings, samples: half(0) };
const heldOut = { rows: problem.heldOut, texts: problem.embeddings, samples: half(1) };
const form = discrepancyForm(training.samples, takeRows(problem.embeddings, problem.training));
const judge = discrepancyForm(heldOut.samples, takeRows(problem.embeddings, problem.heldOut), {
  bandwidth: form.bandwidth,
});

function byDiscrepancy(population) {
  const samples = [{ ...training.samples, factor: 1 }];
  return fitDiscrepancy(population, { texts: problem.embeddings, training: problem.training, samples, seed }).gate;
}

async function byLikelihood(population, gate) {
  const scorer = (requests) =>
    Promise.resolve(
      requests.map(
        ({ record, persona, exemplar }) => problem.curves[record * problem.pairs + persona * exemplars + exemplar],
      ),
    );
  const exploration = { exploration: { kind: 'top' }, topM: problem.pairs };
  const steps = fitGateSteps(population, scorer, {
    gate,
    training: problem.training,
    epochs: 20,
    learningRate: 3e-3,
    temperatureLearningRate: 0,
    seed,
    ...exploration,
  });
  for (let next = await steps.next(); ; next = await steps.next()) if (next.done) return next.value.gate;
}

function meanWeights(population, gate) {
  const mixture = mixtureFor(gate, population, problem.heldOut);
  const weights = new Float64Array(pairs.length);
  problem.heldOut.forEach((_, b) => {
    const logs = pairs.map(({ persona, exemplar }) => Math.exp(logWeight(mixture, b, persona, exemplar)));
    logs.forEach((w, p) => (weights[p] += w / problem.heldOut.length));
  });
  return weights;
}

const results = [];
for (const [input, population] of Object.entries(problem.inputs)) {
  const shape = { d: population.records.cols, personas, hidden: 64, temperature, seed };
  const start = randomGate(shape);
  const gates = {
    uniform: uniformGate(shape),
    discrepancy: byDiscrepancy(population, start),
    likelihood: await byLikelihood(population, start),
  };
  const floor = judged(problem, { gate: gates.uniform, population }).heldOut;
  for (const [name, gate] of Object.entries(gates)) {
    const weights = meanWeights(population, gate);
    const gain = difference(judged(problem, { gate, population }).heldOut, floor);
    results.push({
      input,
      fit: name,
      heldOutDiscrepancy: discrepancyOf(judge, weights),
      heldOutLogLikelihoodOverUniform: gain,
      effectivePairs: effectiveNumber(weights),
    });
  }
  say(`${input}: both fits done`);
}
const best = bestPairWeights(form);
const free = { heldOutDiscrepancy: discrepancyOf(judge, best), effectivePairs: effectiveNumber(best) };
const sizes = { records, personas, exemplars, samples, temperature, seed };
await writeResult(about.out, { llm, encoder: about.encoder, ...sizes, free, results });
console.table(
  results.map(({ heldOutLogLikelihoodOverUniform: gain, ...rest }) => ({
    ...rest,
    gain: gain.mean,
    standardError: gain.standardError,
  })),
);

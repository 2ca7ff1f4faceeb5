// What the paper leaves open about fitting, on a population small enough to know the truth: optimizer and learning rate, which pairs are scored,
// where the fit starts, what the gate sees. Every (record, pair) is scored once into a store; the fits then cost no forward pass.
// usage: node tools/training-study/study.mjs --name NAME --path PATH --format FORMAT --work FOLDER --out FILE.json [--llm M] [--encoder E]
import { effectiveNumber, fitGateSteps, initialGate, randomGate, uniformGate } from '@mixture-of-personas/gating';
import { explorationTable } from './exploration.mjs';
import { openStudy, say, writeResult } from './start.mjs';
import { difference, exact, judged, mean, mixtureFor } from './truth.mjs';

const OPTIMIZERS = { adamw: [1e-4, 1e-3, 1e-2], sgd: [1e-2, 1e-1, 1, 10], adagrad: [1e-3, 1e-2, 1e-1] };
const EXPLORATIONS = {
  'top 4': { exploration: { kind: 'top' }, topM: 4 },
  'drawn 4': { exploration: { kind: 'gumbel', pairs: 4 } },
  'drawn 16': { exploration: { kind: 'gumbel', pairs: 16 } },
  all: { exploration: { kind: 'top' }, topM: Infinity },
};

const { settings: about, problem } = await openStudy({ name: 'study', personas: '12', exemplars: '12', epochs: '10' });

/** A fit to the end (no early stopping: the study asks where it goes), with the forward passes it would have cost. */
async function fitted(population, gate, settings) {
  const asked = new Set();
  const scorer = (requests) => {
    for (const { record, persona, exemplar } of requests)
      asked.add(record * problem.pairs + persona * problem.exemplarCount + exemplar);
    return Promise.resolve(
      requests.map(
        ({ record, persona, exemplar }) =>
          problem.curves[record * problem.pairs + persona * problem.exemplarCount + exemplar],
      ),
    );
  };
  const topM = Math.min(settings.topM ?? 4, problem.pairs);
  const steps = fitGateSteps(population, scorer, {
    gate,
    training: problem.training,
    epochs: about.epochs,
    seed: about.seed,
    ...settings,
    topM,
  });
  for (let next = await steps.next(); ; next = await steps.next()) {
    if (next.done) return { gate: next.value.gate, passes: asked.size };
  }
}

const startsFor = (population) => {
  const shape = {
    d: population.records.cols,
    personas: about.personas,
    hidden: 64,
    temperature: 1,
    seed: about.seed,
  };
  return {
    similarity: initialGate(shape, { embeddings: population.exemplars }),
    random: randomGate(shape),
    uniform: uniformGate(shape),
  };
};

function meanPersonas({ logPersona }) {
  const { rows, cols, data } = logPersona;
  return Float64Array.from({ length: cols }, (_, k) =>
    mean(Array.from({ length: rows }, (_, b) => Math.exp(data[b * cols + k]))),
  );
}

async function studyInput(input, population) {
  const { similarity, random, uniform } = startsFor(population);
  const floor = judged(problem, { gate: uniform, population });
  const describe = (gate) => {
    const { training, heldOut } = judged(problem, { gate, population });
    const personas = effectiveNumber(meanPersonas(mixtureFor(gate, population, problem.heldOut)));
    return {
      training: training - floor.training,
      heldOut: difference(heldOut, floor.heldOut),
      effectivePersonas: personas,
    };
  };
  const starts = { similarity: describe(similarity), random: describe(random) };
  const fits = [];
  for (const [start, gate] of Object.entries({ similarity, random })) {
    for (const [exploration, choice] of Object.entries(EXPLORATIONS)) {
      for (const [kind, rates] of Object.entries(OPTIMIZERS)) {
        for (const learningRate of rates) {
          const fit = await fitted(population, gate, { ...choice, optimizer: { kind }, learningRate });
          fits.push({ start, exploration, optimizer: kind, learningRate, passes: fit.passes, ...describe(fit.gate) });
        }
      }
    }
    say(`${input}: fits from ${start} done`);
  }
  const best = fits.filter(({ exploration }) => exploration === 'drawn 4').sort((a, b) => b.training - a.training)[0];
  return { input, uniform: { training: floor.training, heldOut: mean(floor.heldOut) }, starts, fits, best };
}

const oracle = mean(
  problem.heldOut.map((row) => {
    const tau = 1.1;
    let most = -Infinity;
    for (let p = 0; p < problem.pairs; p++)
      most = Math.max(most, problem.curves[row * problem.pairs + p].logProbability(tau));
    return most;
  }),
);
const inputs = [];
for (const [input, population] of Object.entries(problem.inputs)) inputs.push(await studyInput(input, population));
const start = startsFor(problem.inputs.record).similarity;
const exploration = explorationTable(problem, { gate: start, population: problem.inputs.record, truth: exact });
const { name, llm, encoder, records, personas, exemplars, epochs, seed } = about;
await writeResult(about.out, {
  name,
  llm,
  encoder,
  records,
  personas,
  exemplars,
  epochs,
  seed,
  heldOut: problem.heldOut.length,
  bestPairAtTau: 1.1,
  bestPair: oracle,
  inputs,
  exploration,
});

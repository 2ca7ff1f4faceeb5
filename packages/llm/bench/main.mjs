// Question: what does scoring cost beyond the forward pass itself, and what does it save over the loop people write first?
// One process, one machine, the same pairs; the three ways take turns. `npm run bench -- llm [MODEL-FOLDER]`; `--smoke` runs every part once,
// in seconds, on the model that comes with the package, and says nothing about speed.
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, homedir, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import onnx from 'onnxruntime-node';
import { openLanguageModel } from '@mixture-of-personas/llm';
import { openNaive } from './naive.mjs';
import { benchPairs, textPairs } from './pairs.mjs';

const smoke = process.argv.includes('--smoke');
const ROUNDS = smoke ? 1 : Number(process.env.BENCH_ROUNDS ?? 3);
const TEMPERATURES = smoke ? [0.6] : [0.6, 0.8, 1.1]; // one per epoch, as τ moves
const TOKENS = smoke ? 3 : 40;
const models = process.env.MOP_MODELS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mop-models');
const ours = smoke ? fileURLToPath(new URL('../embedded', import.meta.url)) : join(models, 'SmolLM2-135M-Instruct');
const folder = process.argv.slice(2).find((argument) => existsSync(argument)) ?? ours;
const threads = smoke ? 1 : availableParallelism();
const pairsOf = (records) => (smoke ? textPairs().slice(0, records) : benchPairs(records));

if (!existsSync(folder)) {
  console.error(`There is no model folder ${folder}; give one as the argument or set MOP_MODELS.`);
  process.exit(1);
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
/** Wall and processor seconds: the second hardly moves when other programs want the same cores. */
const seconds = async (work) => {
  const start = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
};

/** A graph whose outputs are left unread computes them and then gives up (docs/decisions/0043). */
function passOverUnread(error) {
  if (!String(error.message).startsWith('Non tensor type')) throw error;
}

/** Runs `work` with every session.run noted, so that the very same passes can be run bare. */
async function recordPasses(work) {
  const { prototype } = onnx.InferenceSession;
  const { run } = prototype;
  const passes = [];
  prototype.run = function (...call) {
    passes.push({ session: this, call });
    return run.apply(this, call);
  };
  await work();
  prototype.run = run;
  return passes;
}

/** The naive loop over all epochs: seconds in forward passes, and the largest difference from the curves, nats per token. */
async function naiveEpochs(pairs, naive, curves) {
  let forward = 0;
  let worst = 0;
  for (const temperature of TEMPERATURES) {
    for (const [i, pair] of pairs.entries()) {
      const one = await naive(pair, temperature);
      forward += one.forward;
      worst = Math.max(worst, Math.abs(one.value - curves[i].logProbability(temperature)) / curves[i].tokens);
    }
  }
  return { forward, worst };
}

async function measure(name, pairs, model, naive) {
  const passes = await recordPasses(() => model.score(pairs));
  let total = 0;
  for (const pair of pairs) total += (await naive(pair, 1)).tokens;
  const computed = passes.reduce((sum, { call }) => sum + call[0].input_ids.dims[1], 0);
  const times = { bare: [], score: [], naive: [], forward: [] };
  let worst = 0;
  for (let round = 0; round < ROUNDS; round++) {
    times.bare.push(
      await seconds(async () => {
        for (const { session, call } of passes) await session.run(...call).catch(passOverUnread);
      }),
    );
    let curves;
    let epochs;
    times.score.push(await seconds(async () => void (curves = await model.score(pairs))));
    times.naive.push(await seconds(async () => void (epochs = await naiveEpochs(pairs, naive, curves))));
    times.forward.push({ wall: epochs.forward });
    worst = Math.max(worst, epochs.worst);
  }
  const rate = (key, passesOver = 1) =>
    `${Math.round((passesOver * total) / median(times[key].map(({ wall }) => wall)))} tokens/s`.padStart(14);
  const ratio = (a, b) => {
    const of = (clock) => times[a].map((time, round) => time[clock] / times[b][round][clock]);
    const wall = of('wall');
    const span = `${Math.min(...wall).toFixed(2)} to ${Math.max(...wall).toFixed(2)}`;
    return `${median(wall).toFixed(2)} (${span}); in processor time ${median(of('cpu')).toFixed(2)}`;
  };
  const epochs = TEMPERATURES.length;
  console.log(`\n${name}: ${pairs.length} pairs of ${total} tokens, ${computed} computed (the rest is shared prefix)`);
  console.log(`  bare onnxruntime, the same passes  ${rate('bare')}`);
  console.log(`  bare forward, whole sequences      ${rate('forward', epochs)}`);
  console.log(`  score, good for every epoch        ${rate('score')}`);
  console.log(`  naive loop, an epoch               ${rate('naive', epochs)}`);
  console.log(`  score of bare, the same passes     ${ratio('bare', 'score')}`);
  console.log(`  score over naive, ${epochs} epochs         ${ratio('naive', 'score')}`);
  console.log(`  largest difference from naive      ${worst.toExponential(1)} nat a token`);
}

async function generationRate(model, batch) {
  const pairs = pairsOf(1);
  const requests = Array.from({ length: smoke ? batch : Math.max(8, batch) }, (_, row) => ({
    prompt: pairs[row % pairs.length].prompt,
    temperature: 0.8,
    maxTokens: TOKENS,
    seed: 1,
    row,
  }));
  let tokens = 0;
  const time = await seconds(async () => {
    for await (const text of model.generate(requests)) tokens += text.tokens;
  });
  console.log(
    `  batch ${String(batch).padStart(2)}  ${(tokens / time.wall).toFixed(0).padStart(4)} tokens/s, prompts included (${requests.length} texts, ${tokens} tokens)`,
  );
}

console.log(
  `${cpus()[0].model}, ${threads} threads, Node ${process.version}, load ${loadavg()[0].toFixed(1)}; ${folder}`,
);
console.log(`medians of ${ROUNDS} interleaved rounds (least to greatest in brackets)`);
const model = await openLanguageModel(`onnx:${folder}`, { threads });
const naive = await openNaive(folder, threads);
await measure('as in a fit, three records per prompt', pairsOf(3), model, naive);
await measure('one record per prompt', pairsOf(1), model, naive);
await model.close();
console.log('\ngenerate');
for (const batch of smoke ? [2] : [1, 8, 16, 32]) {
  const sampler = await openLanguageModel(`onnx:${folder}`, { threads, batch });
  await generationRate(sampler, batch);
  await sampler.close();
}

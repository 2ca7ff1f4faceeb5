// Question: what does scoring cost beyond the forward pass itself, and what does it save over the loop people write first?
// One process, one machine, the same pairs; the three ways take turns. `npm run bench -- llm [MODEL-FOLDER]`.
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, homedir, loadavg } from 'node:os';
import { join } from 'node:path';
import onnx from 'onnxruntime-node';
import { openLanguageModel } from '@mixture-of-personas/llm';
import { openNaive } from './naive.mjs';
import { benchPairs } from './pairs.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const EPOCHS = 3;
const TEMPERATURES = [0.6, 0.8, 1.1]; // τ moves from epoch to epoch
const models = process.env.MOP_MODELS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mop-models');
const folder = process.argv.slice(2).find((argument) => existsSync(argument)) ?? join(models, 'SmolLM2-135M-Instruct');
const threads = availableParallelism();

if (!existsSync(folder)) {
  console.error(`There is no model folder ${folder}; give one as the argument or set MOP_MODELS.`);
  process.exit(1);
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const seconds = async (work) => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

/** Runs `work` with every session.run noted, so that the very same passes can be run bare. */
async function recordPasses(work) {
  const passes = [];
  const run = onnx.InferenceSession.prototype.run;
  const holder = Object.hasOwn(onnx.InferenceSession, 'prototype') && run ? onnx.InferenceSession.prototype : undefined;
  holder.run = function (...call) {
    passes.push({ session: this, call });
    return run.apply(this, call);
  };
  await work();
  holder.run = run;
  return passes;
}

async function measure(name, pairs, model, naive) {
  const bare = await recordPasses(() => model.score(pairs));
  const tokens = [];
  for (const pair of pairs) tokens.push((await naive(pair, 1)).tokens);
  const total = tokens.reduce((sum, n) => sum + n, 0);
  const computed = bare.reduce((sum, { call }) => sum + call[0].input_ids.dims[1], 0);
  const times = { bare: [], score: [], naive: [] };
  let worst = 0;
  for (let round = 0; round < ROUNDS; round++) {
    times.bare.push(
      await seconds(async () => {
        for (const { session, call } of bare) await session.run(...call);
      }),
    );
    let curves;
    times.score.push(await seconds(async () => void (curves = await model.score(pairs))));
    times.naive.push(
      await seconds(async () => {
        for (const temperature of TEMPERATURES.slice(0, EPOCHS)) {
          for (const [i, pair] of pairs.entries()) {
            const { value } = await naive(pair, temperature);
            worst = Math.max(worst, Math.abs(value - curves[i].logProbability(temperature)) / curves[i].tokens);
          }
        }
      }),
    );
  }
  const rate = (time) => `${Math.round(total / time)} tokens/s`.padStart(14);
  const ratios = (a, b) => times[a].map((time, round) => time / times[b][round]);
  const span = (values) => `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
  console.log(`\n${name}: ${pairs.length} pairs, ${total} tokens, of which ${computed} are computed (the rest is shared prefix)`);
  console.log(`  bare onnxruntime, the same passes   ${rate(median(times.bare))}  ${Math.round(computed / median(times.bare))} computed/s`);
  console.log(`  score, all epochs                   ${rate(median(times.score))}`);
  console.log(`  naive loop, one epoch               ${rate(median(times.naive) / EPOCHS)}`);
  console.log(`  score / bare                        ${span(ratios('bare', 'score'))}`);
  console.log(`  score against naive, ${EPOCHS} epochs       ${span(ratios('naive', 'score'))} times as fast`);
  console.log(`  largest difference of the two       ${worst.toExponential(1)} nat a token`);
}

async function generationRate(model, batch) {
  const requests = Array.from({ length: Math.max(8, batch) }, (_, row) => ({
    prompt: benchPairs(1)[row % 12].prompt,
    temperature: 0.8,
    maxTokens: 40,
    seed: 1,
    row,
  }));
  let tokens = 0;
  const time = await seconds(async () => {
    for await (const text of model.generate(requests)) tokens += text.tokens;
  });
  console.log(`  batch ${String(batch).padStart(2)}  ${(tokens / time).toFixed(0).padStart(4)} tokens/s, prompts included (${requests.length} texts, ${tokens} tokens)`);
}

console.log(`${cpus()[0].model}, ${threads} threads, Node ${process.version}, load ${loadavg()[0].toFixed(1)}; ${folder}`);
console.log(`medians of ${ROUNDS} interleaved rounds (least to greatest in brackets)`);
const model = await openLanguageModel(`onnx:${folder}`, { threads });
const naive = await openNaive(folder, threads);
await measure('one record a prompt', benchPairs(1), model, naive);
await measure('three records a prompt', benchPairs(3), model, naive);
await model.close();
console.log('\ngenerate');
for (const batch of [1, 8, 16, 32]) {
  const sampler = await openLanguageModel(`onnx:${folder}`, { threads, batch });
  await generationRate(sampler, batch);
  await sampler.close();
}

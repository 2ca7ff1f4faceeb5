// Question: what does a scoring server cost beyond the forward passes themselves, client included?
// The server and the bare passes run in one process, in turns, over the very same batches: `npm run bench -- score-server [MODEL-FOLDER] [--device cuda
// --dtype bfloat16 ...]`. With BENCH_VLLM=URL#NAME a vLLM of the same model scores the same pairs in the same turns, with n = 1, 20 and 100
// log-probabilities a token. `--smoke` starts it on a tiny model once; without PyTorch it says so and ends.
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { cpus, homedir, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { openLanguageModel } from '@mixture-of-personas/llm';
import { benchPairs, textPairs } from './pairs.mjs';
import { pythonWithTorch, SCORE_SERVER, startScoreServer } from './score-process.mjs';

const args = process.argv.slice(2);
const smoke = args.includes('--smoke');
const ROUNDS = smoke ? 1 : Number(process.env.BENCH_ROUNDS ?? 3);
const threads = Number(process.env.OMP_NUM_THREADS ?? 2);
const python = pythonWithTorch();
if (python === undefined) {
  console.log('skipped: no Python with torch and transformers, in MOP_SCORER_PYTHON, MOP_PYTHON or python3');
  process.exit(0);
}
const embedded = join(SCORE_SERVER, '..', 'embedded');
const given = args.find((argument) => existsSync(argument));
const folder = smoke
  ? tinyModel()
  : (given ?? process.env.MOP_SMOLLM2_TORCH ?? join(homedir(), '.cache/mop-models/SmolLM2-135M-Instruct-torch'));
if (!existsSync(folder)) {
  console.error(`There is no model folder ${folder}; give one as the argument or set MOP_SMOLLM2_TORCH.`);
  process.exit(1);
}

/** A random model with the tokenizer of the one that comes with the package. */
function tinyModel() {
  const place = mkdtempSync(join(tmpdir(), 'mop-bench-'));
  const program = `
import json, sys, torch
from transformers import LlamaConfig, LlamaForCausalLM
size = json.load(open(sys.argv[1] + "/config.json"))["vocab_size"]
LlamaForCausalLM(LlamaConfig(vocab_size=size, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2)).save_pretrained(sys.argv[2])
`;
  const { status, stderr } = spawnSync(python, ['-c', program, embedded, place], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return place;
}

const rest = args.filter((argument) => argument !== '--smoke' && argument !== given);
const server = await startScoreServer(python, folder, {
  program: join(SCORE_SERVER, 'bench.py'),
  args: ['--port', '0', ...rest],
  threads,
});
const lines = createInterface({ input: server.child.stdout })[Symbol.asyncIterator]();
const tokenizer = smoke ? embedded : folder;
const bodies = [];
/** Notes what is sent, so that the very same batches can be run bare. */
const noted = (url, init) => {
  if (init?.body !== undefined) bodies.push(JSON.parse(init.body));
  return fetch(url, init);
};
const open = (options) => openLanguageModel('scorer', { server: { scorer: [server.url], tokenizer, ...options } });
const pairs = smoke ? textPairs().slice(0, 4) : benchPairs(3);
await (await open({ fetch: noted })).score(pairs);
const path = join(mkdtempSync(join(tmpdir(), 'mop-bench-')), 'requests.json');
writeFileSync(path, JSON.stringify(bodies));
const sum = (lists) => lists.reduce((total, ids) => total + ids.length, 0);
const computed = bodies.reduce(
  (all, { prompts, completions }) => all + sum(prompts) + sum(completions.map(([, ids]) => ids)),
  0,
);

const model = await open({});
/** Models behind vLLM, one for each number of log-probabilities a token. */
const [url, name] = (process.env.BENCH_VLLM ?? '').split('#');
const beside = name === undefined ? [] : [1, 20, 100];
const behindVllm = await Promise.all(
  beside.map((topLogProbabilities) =>
    openLanguageModel(`server:${url}#${name}`, {
      server: {
        tokenizer,
        topLogProbabilities,
        temperatures: topLogProbabilities === 1 ? 'fixed' : [0.5, 1],
        maxWidth: 99,
      },
    }),
  ),
);

/** Has the passes of a file run bare, or reads the clocks. */
async function told(line) {
  server.child.stdin.write(`${line}\n`);
  return JSON.parse((await lines.next()).value);
}
/** Wall seconds of a task, and processor seconds of this process and the scoring server in it. */
async function timed(work) {
  const { clock } = await told('');
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  const wall = (performance.now() - start) / 1000;
  return { wall, client: (user + system) / 1e6, server: (await told('')).clock - clock };
}

const rounds = [];
for (let round = 0; round < ROUNDS; round++) {
  const bare = await told(path);
  const through = await timed(() => model.score(pairs));
  const vllm = [];
  for (const each of behindVllm) vllm.push((await timed(() => each.score(pairs))).wall);
  rounds.push({ bare, through, vllm });
}
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const of = (read) => median(rounds.map(read));
const span = (read) => {
  const values = rounds.map(read);
  return `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
};
const spent = ({ client, server }) => client + server;
const share = (read) => `${(100 * of((round) => read(round) / spent(round.through))).toFixed(1)} %`.padStart(7);
console.log(`${cpus()[0].model}, ${threads} threads, load ${loadavg()[0].toFixed(1)}; ${folder} ${rest.join(' ')}`);
console.log(
  `${pairs.length} pairs, ${computed} tokens computed, ${bodies.length} requests; medians of ${ROUNDS} rounds in turns, least to greatest in brackets`,
);
console.log(`  bare passes of the same batches  ${Math.round(computed / of(({ bare }) => bare.seconds))} tokens/s`);
console.log(
  `  through the server               ${Math.round(computed / of(({ through }) => through.wall))} tokens/s, ${(pairs.length / of(({ through }) => through.wall)).toFixed(1)} pairs/s`,
);
beside.forEach((n, i) =>
  console.log(
    `  vLLM, n = ${String(n).padEnd(3)}                    ${(pairs.length / of(({ vllm }) => vllm[i])).toFixed(1)} pairs/s`,
  ),
);
console.log(`  server over bare, wall time       ${span(({ bare, through }) => bare.seconds / through.wall)}`);
console.log(`  server over bare, processor time  ${span(({ bare, through }) => bare.processor / spent(through))}`);
console.log(`  processor time of the server and the client by part:`);
console.log(`    decoder           ${share(({ bare }) => bare.parts.decoder)}`);
console.log(`    output head       ${share(({ bare }) => bare.parts.head)}`);
console.log(`    batches, padding  ${share(({ bare }) => bare.processor - bare.parts.decoder - bare.parts.head)}`);
console.log(`    sums, HTTP, JSON  ${share(({ bare, through }) => through.server - bare.processor)}`);
console.log(`    client            ${share(({ through }) => through.client)}`);
for (const each of [model, ...behindVllm]) await each.close();
await server.kill();

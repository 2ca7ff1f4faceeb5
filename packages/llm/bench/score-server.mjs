// Question: what does a scoring server cost beyond the forward passes themselves, client included?
// The server and the bare passes run in one process, in turns, over the very same batches: `npm run bench -- score-server [MODEL-FOLDER] [--device cuda
// --dtype bfloat16 ...]`. `--smoke` starts it on a tiny model once; without PyTorch it says so and ends.
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
const seconds = { client: [], bare: [] };
for (let round = 0; round < ROUNDS; round++) {
  server.child.stdin.write(`${path}\n`);
  const { value } = await lines.next();
  seconds.bare.push(JSON.parse(value).seconds);
  const start = performance.now();
  await model.score(pairs);
  seconds.client.push((performance.now() - start) / 1000);
}
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const ratios = seconds.client.map((client, round) => seconds.bare[round] / client);
console.log(`${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}; ${folder} ${rest.join(' ')}`);
console.log(
  `${pairs.length} pairs, ${computed} tokens computed, ${bodies.length} requests; medians of ${ROUNDS} rounds in turns`,
);
console.log(`  bare passes of the same batches  ${Math.round(computed / median(seconds.bare))} tokens/s`);
console.log(
  `  through the server               ${Math.round(computed / median(seconds.client))} tokens/s, ${(pairs.length / median(seconds.client)).toFixed(1)} pairs/s`,
);
console.log(
  `  server over bare                 ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
);
await model.close();
await server.kill();

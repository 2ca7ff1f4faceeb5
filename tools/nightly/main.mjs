// `npm run nightly`: installs a real vLLM (recipe.mjs) into MOP_NIGHTLY or ~/.cache/mop-nightly, then has it examined, scores pairs there and in
// process, and makes a small run that is killed and resumed with another list of addresses, one of them dead. Prints a compatibility row.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../ci/processes.mjs';
import { pairs, records } from './material.mjs';
import { install, serve, version } from './recipe.mjs';

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const tokenizer = join(process.env.MOP_MODELS ?? join(cache, 'mop-models'), 'SmolLM2-135M-Instruct');
const folder = process.env.MOP_NIGHTLY ?? join(cache, 'mop-nightly');
/** Nats per token that scores may differ by on average: the in-process graph keeps its activations in 8 bits. */
const TOLERANCE = 0.1;
/** Milliseconds after the estimate of its cost at which a run is killed: it scores then. */
const UNDER_WAY = 5000;
const DEAD = 'http://127.0.0.1:9';

mkdirSync(folder, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), 'mop-nightly-'));
const inScratch = (name) => join(scratch, name);
const started = performance.now();
const log = (sentence) =>
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${sentence}`);

/** Starts `mop`; `until` is told its output so far and may have it killed a little later. @returns {Promise<{code: number | null, output: string}>} */
function mop(args, until = () => false) {
  const child = spawn(process.execPath, [join(root, 'packages/cli/dist/main.js'), ...args], { cwd: scratch });
  let output = '';
  const note = (chunk) => {
    output += String(chunk);
    if (until(output)) setTimeout(() => child.kill('SIGKILL'), UNDER_WAY);
  };
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

function require(holds, what, { output }) {
  if (!holds) throw new Error(`${what}\n${output.slice(-3000)}`);
  log(what);
}

async function scores(model, output, ...more) {
  const made = await mop([
    'score',
    '--llm',
    model,
    '--input',
    inScratch('pairs.jsonl'),
    '--output',
    inScratch(output),
    ...more,
  ]);
  require(made.code === 0, `mop score with ${model}`, made);
  return readFileSync(inScratch(output), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function meanDifference(ours, theirs) {
  const differences = ours.map(
    ({ tokens, logProbabilities }, i) => Math.abs(logProbabilities[0] - theirs[i].logProbabilities[0]) / tokens,
  );
  return differences.reduce((sum, each) => sum + each, 0) / differences.length;
}

const server = await serve(install(folder, tokenizer), join(folder, 'vllm.log'));
try {
  log(`${version} answers at ${server.url}`);
  writeFileSync(inScratch('records.jsonl'), records());
  writeFileSync(inScratch('pairs.jsonl'), pairs());
  const asked = [
    '--llm.tokenizer',
    tokenizer,
    '--llm.topLogProbabilities',
    '100',
    '--population.path',
    inScratch('records.jsonl'),
  ];
  const choice = (...addresses) => `server:${addresses.join(',')}#smol`;

  const doctor = await mop(['doctor', '--llm', choice(server.url), ...asked]);
  console.log(doctor.output);
  require(doctor.code === 0, 'mop doctor: a run can start', doctor);

  const there = await scores(
    choice(server.url),
    'there.jsonl',
    '--tokenizer',
    tokenizer,
    '--topLogProbabilities',
    '100',
  );
  const difference = meanDifference(await scores(`onnx:${tokenizer}`, 'here.jsonl'), there);
  if (!(difference < TOLERANCE))
    throw new Error(`Scores differ by ${difference.toFixed(3)} nats per token from those in process.`);
  log(`scores differ by ${difference.toFixed(3)} nats per token on average from those in process`);

  const small = [
    '--personas.count',
    '3',
    '--exemplars.count',
    '8',
    '--simulate.count',
    '24',
    '--simulate.maxTokens',
    '24',
  ];
  const judged = [
    '--evaluate.heldOut',
    '6',
    '--evaluate.pairs',
    '4',
    '--evaluate.trainingRecords',
    '6',
    '--evaluate.bootstrap',
    '10',
  ];
  const job = [
    'run',
    ...asked,
    '--population.validation',
    '8',
    '--population.records',
    '24',
    ...small,
    ...judged,
    '--gate.design.pairs',
    '40',
    '--output',
    inScratch('run'),
  ];
  const killed = await mop([...job, '--llm.model', choice(server.url)], (output) => output.includes('Estimate:'));
  require(killed.code === null, 'a run killed while it scores', killed);
  await sleep(1000);
  const again = await mop([...job, '--llm.model', choice(DEAD, server.url)]);
  require(again.code === 0, 'the same run resumes with another list of addresses, one of them dead', again);
  console.log(again.output.slice(-2500));
  const finished = await mop([...job, '--llm.model', choice(DEAD)]);
  require(finished.code === 0, 'the finished run needs no server at all', finished);
  const rows = readFileSync(inScratch('run/synthetic.jsonl'), 'utf8');
  if (rows.includes('127.0.0.1')) throw new Error('The texts name the address of a server.');
  const detail = `doctor, ${there.length} pairs within ${difference.toFixed(3)} nats per token of the in-process engine, a run killed and resumed on other addresses`;
  console.log(`\n| ${version}, SmolLM2-135M-Instruct | works | ${detail} |`);
} finally {
  await server.close();
}

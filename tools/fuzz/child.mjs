// A worker of the fuzzer: feeds inputs to one parser, and says what each did. The parent ends it when it hangs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { asyncProperty, check } from 'fast-check';
import { inputsLike } from './inputs.mjs';
import { judge } from './judge.mjs';
import { TARGETS } from './targets.mjs';

/** Milliseconds between looks at the processor time that is left. */
const ROUND = 2000;

const { current } = workerData;
const folder = mkdtempSync(join(tmpdir(), 'mop-fuzz-'));
const length = new Int32Array(current, 0, 1);
const bytes = new Uint8Array(current, 4);

/** Leaves the input where the parent finds it if this thread never comes back. */
function announce(input) {
  bytes.set(input.subarray(0, bytes.length));
  Atomics.store(length, 0, input.length);
}

/** Milliseconds of processor time since a look at it: a busy machine makes a run longer, not emptier. */
function processorTime(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function fuzz({ name, seed, milliseconds }) {
  const target = TARGETS[name];
  let runs = 0;
  let underWay = Promise.resolve({});
  const holds = async (input) => {
    announce(input);
    runs += 1;
    underWay = judge(target, input, folder);
    const { finding } = await underWay;
    if (finding !== undefined) throw new Error(finding);
  };
  const inputs = inputsLike(target.seeds());
  const before = process.cpuUsage();
  for (let round = 0; processorTime(before) < milliseconds; round++) {
    const { failed, errorInstance, counterexample } = await check(asyncProperty(inputs, holds), {
      seed: seed + round,
      numRuns: Infinity,
      interruptAfterTimeLimit: ROUND,
      markInterruptAsFailure: false,
    });
    await underWay; // an interrupted check does not wait for its last input, whose files the next would take away
    if (failed && counterexample !== null)
      return { runs, finding: String(errorInstance?.message ?? errorInstance), input: counterexample[0] };
  }
  return { runs };
}

parentPort.on('message', (order) => {
  if (order === 'end') {
    rmSync(folder, { recursive: true, force: true });
    parentPort.close();
  } else void fuzz(order).then((answer) => parentPort.postMessage(answer));
});
parentPort.postMessage('ready');

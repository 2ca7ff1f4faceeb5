// `mop` as a child process, and the log of the nightly test.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../ci/processes.mjs';

/** Milliseconds after the sign for it at which a run is killed: it scores then. */
const UNDER_WAY = 5000;
const started = performance.now();

/** Prints a sentence with the seconds since the start. @returns the sentence */
export function log(sentence) {
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${sentence}`);
  return sentence;
}

/**
 * Starts `mop` in a folder; `killWhen` is told its output so far and has it killed a little later.
 * @returns {(args: string[], options?: {killWhen?: (output: string) => boolean}) => Promise<{code: number | null, output: string}>}
 */
export const mopIn =
  (cwd) =>
  (args, { killWhen = () => false } = {}) => {
    const child = spawn(process.execPath, [join(root, 'packages/cli/dist/main.js'), ...args], { cwd });
    let output = '';
    const note = (chunk) => {
      output += String(chunk);
      if (killWhen(output)) setTimeout(() => child.kill('SIGKILL'), UNDER_WAY);
    };
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
  };

/** Logs what holds. @throws Error with the end of the output where it does not */
export function require(holds, what, { output }) {
  if (!holds) throw new Error(`Not so: ${what}\n${output.slice(-3000)}`);
  log(what);
}

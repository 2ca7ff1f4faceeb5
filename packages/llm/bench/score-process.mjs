// A scoring server as a child process, for tests and the benchmark. Python comes from MOP_SCORER_PYTHON, MOP_PYTHON or python3, whichever has PyTorch.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Folder of the server's programs. */
export const SCORE_SERVER = fileURLToPath(new URL('../score-server', import.meta.url));

const NEEDED = ['torch', 'transformers', 'safetensors'];
const LOOK = `import importlib.util, sys; sys.exit(any(importlib.util.find_spec(n) is None for n in ${JSON.stringify(NEEDED)}))`;

/** The first Python that has what the server needs; undefined where none has. */
export function pythonWithTorch() {
  const candidates = [process.env.MOP_SCORER_PYTHON, process.env.MOP_PYTHON, 'python3'].filter(Boolean);
  return candidates.find((python) => spawnSync(python, ['-c', LOOK], { stdio: 'ignore' }).status === 0);
}

/**
 * Starts a server of a model folder on the CPU and waits until it listens.
 * @param options `program` in place of serve.py, `args` after the model, `threads` of the processor, `env`
 * @returns its address, its process, what it has said, and `kill`, which ends it with SIGKILL and waits for that
 */
export async function startScoreServer(python, model, options = {}) {
  const { program = `${SCORE_SERVER}/serve.py`, args = ['--port', '0'], threads = 2, env = {} } = options;
  const child = spawn(python, ['-u', program, model, '--device', 'cpu', '--dtype', 'float32', ...args], {
    env: { ...process.env, OMP_NUM_THREADS: String(threads), HF_HUB_OFFLINE: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (part) => (said += part));
  const ended = new Promise((resolve) => child.once('close', resolve));
  const url = await new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (part) => {
      out += part;
      const [, found] = /^(http:\S+) scores/m.exec(out) ?? [];
      if (found) resolve(found);
    });
    void ended.then((code) => reject(new Error(`The scoring server ended with ${code}.\n${said}`)));
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { url, child, said: () => said, kill };
}

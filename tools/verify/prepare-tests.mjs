// What tests of real models and of native TensorFlow need, made by the scripts in ../shared where that folder stands beside this clone.
// Without it, or where a script cannot do its work here, those tests are skipped and say so in their names.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { installRuntimes } from '../runtimes/runtimes.mjs';
import { root, run } from '../ci/processes.mjs';

const shared = join(root, '..', 'shared');
const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');

/** Sets MOP_MODELS to a folder with both models; @returns {boolean | undefined} undefined where there is nothing to do */
export function fetchModels() {
  const fetcher = join(shared, 'models', 'fetch');
  if (process.env.MOP_MODELS || !existsSync(fetcher)) return undefined;
  for (let attempt = 1; attempt <= 3; attempt++) {
    const { ok, output } = run(fetcher, [], { capture: true });
    if (ok) process.env.MOP_MODELS = output.trim().split('\n').at(-1);
    else console.log(output);
    if (ok) return true;
  }
  return false;
}

/** Sets MOP_TFJS to a folder with a working tfjs-node-gpu, which npm alone cannot install everywhere; best effort. */
export function buildTensorflow() {
  const script = join(shared, 'workspace', 'tfjs-native.sh');
  if (process.env.MOP_TFJS || process.platform !== 'linux' || !existsSync(script)) return;
  const folder = join(cache, 'mop-tfjs');
  const addon = join(folder, 'node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node');
  if (!existsSync(addon)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const { ok, output } = run('bash', [script], { cwd: folder, capture: true });
    if (!ok) {
      console.log(`tfjs-node-gpu could not be built here, so its tests are skipped:\n${output.slice(-600)}`);
      return;
    }
  }
  process.env.MOP_TFJS = folder;
}

/** Deno and Bun, which the portable packages are tried in; best effort. */
export function prepareRuntimes() {
  const problem = installRuntimes();
  if (problem !== '')
    console.log(`Deno and Bun could not be installed, so their tests are skipped:\n${problem.slice(-600)}`);
}

/** Packages that read the project's files as researchers do. */
const PYTHON_PACKAGES = ['numpy==2.2.6', 'safetensors==0.8.0', 'datasets==5.0.1'];

/** Sets MOP_PYTHON to a Python with those packages, where there is a python3 to make one from; best effort. */
export function preparePython() {
  if (process.env.MOP_PYTHON) return;
  const folder = join(cache, 'mop-interchange-venv');
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const ready = () => run(python, ['-c', 'import numpy, safetensors, datasets'], { capture: true }).ok;
  if (!ready()) {
    const made =
      run('python3', ['-m', 'venv', folder], { capture: true }).ok &&
      run(python, ['-m', 'pip', 'install', '--quiet', ...PYTHON_PACKAGES], { capture: true }).ok;
    if (!made || !ready()) {
      console.log(
        'No Python with numpy, safetensors and datasets could be made, so the tests that read our files with them are skipped.',
      );
      return;
    }
  }
  process.env.MOP_PYTHON = python;
}

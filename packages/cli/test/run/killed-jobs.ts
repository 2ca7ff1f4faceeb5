import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MopConfig } from '../../src/config/schema.js';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Files of a run that must not tell whether it was ever interrupted. */
const COMPARED = [
  'manifest.json',
  'personas.jsonl',
  'exemplars.jsonl',
  'gate.safetensors',
  'gate.json',
  'fit.json',
  'held-out.json',
  'synthetic.jsonl',
  'synthetic.parquet',
  'baselines/zero-shot.jsonl',
  'baselines/uniform.jsonl',
  'metrics.json',
  'README.md',
];

/** How a job's process ended, and after how long. */
export interface JobEnd {
  readonly killed: boolean;
  readonly seconds: number;
}

/**
 * Runs a job in a process of its own, killed with SIGKILL after `killAfter` seconds if it is still running.
 * @throws Error with what the process printed when it fails by itself
 */
export async function runInChild(config: MopConfig, engine: string, killAfter?: number): Promise<JobEnd> {
  const folder = await mkdtemp(join(tmpdir(), 'mop-child-'));
  const configPath = join(folder, 'config.json');
  await writeFile(configPath, JSON.stringify(config));
  const words = [
    '--conditions=@mixture-of-personas/source',
    '--import',
    path('./typescript.mjs'),
    path('./job-child.ts'),
  ];
  const started = performance.now();
  const child = spawn(process.execPath, [...words, configPath, engine], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter * 1000);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.on('close', (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
  });
  clearTimeout(timer);
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the job ended with ${code ?? signal}: ${errors}`);
  return { killed: signal === 'SIGKILL', seconds: (performance.now() - started) / 1000 };
}

/** SHA-256 of each compared file of a run folder; a file that is not there is an error. */
export async function hashesOf(folder: string): Promise<Record<string, string>> {
  const entries = COMPARED.map(async (name) => {
    const bytes = await readFile(join(folder, name));
    return [name, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

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

/** End of a job's process: its kind, its time and its messages. */
export interface JobEnd {
  readonly killed: boolean;
  readonly seconds: number;
  /** Notes, and the sentence of an error at the end. */
  readonly said: string;
  readonly failed: boolean;
}

/** One moment at which a process is killed or its disk fails; see disturb.mjs. */
export interface Disturbance {
  readonly at: 'write' | 'append' | 'sync' | 'rename' | 'renamed';
  readonly path: string;
  readonly nth: number;
  readonly act: 'kill' | 'short' | 'ENOSPC' | 'EIO';
}

/** Events of a job in a process of its own. */
export interface Life {
  /** Milliseconds that the fake model takes for one pair, or `real-model`. */
  readonly engine: string;
  readonly disturbance?: Disturbance;
  /** File to which a letter is added for each answer of the model: s a score, t a text. */
  readonly answers?: string;
  /** Seconds after which it is killed. */
  readonly killAfter?: number;
}

/** Runs a job in a process of its own to whatever end. */
export async function live(config: MopConfig, { engine, disturbance, answers, killAfter }: Life): Promise<JobEnd> {
  const folder = await mkdtemp(join(tmpdir(), 'mop-child-'));
  const configPath = join(folder, 'config.json');
  await writeFile(configPath, JSON.stringify(config));
  const preloads = [path('./typescript.mjs'), ...(disturbance === undefined ? [] : [path('./disturb.mjs')])];
  const words = [
    '--conditions=@mixture-of-personas/source',
    ...preloads.flatMap((file) => ['--import', file]),
    path('./job-child.ts'),
  ];
  const env = { ...process.env, MOP_DISTURB: JSON.stringify(disturbance ?? null), MOP_ANSWERS: answers ?? '' };
  const started = performance.now();
  const child = spawn(process.execPath, [...words, configPath, engine], { stdio: ['ignore', 'ignore', 'pipe'], env });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter * 1000);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.on('close', (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
  });
  clearTimeout(timer);
  const killed = signal === 'SIGKILL';
  return { killed, seconds: (performance.now() - started) / 1000, said: said.trim(), failed: code !== 0 && !killed };
}

/**
 * Runs a job in a process of its own, killed with SIGKILL after `killAfter` seconds if it is still running.
 * @throws Error with what the process printed when it fails by itself
 */
export async function runInChild(config: MopConfig, engine: string, killAfter?: number): Promise<JobEnd> {
  const end = await live(config, { engine, ...(killAfter === undefined ? {} : { killAfter }) });
  if (end.failed) throw new Error(`the job failed: ${end.said}`);
  return end;
}

/** SHA-256 of each compared file of a run folder; a file that is not there is an error. */
export async function hashesOf(folder: string): Promise<Record<string, string>> {
  const entries = COMPARED.map(async (name) => {
    const bytes = await readFile(join(folder, name));
    return [name, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

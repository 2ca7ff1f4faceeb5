import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';

const { resolve } = createRequire(import.meta.url);

const PACKAGES = ['cli', 'encoder', 'gating', 'llm', 'metrics', 'models', 'numeric', 'pipeline', 'synthesis'].map(
  (name) => `@mixture-of-personas/${name}`,
);

/** Version of an installed package, or undefined when it is not installed. Read from disk: not every package exports its package.json. */
export function versionOf(name: string): string | undefined {
  for (const folder of resolve.paths(name) ?? []) {
    const version = versionIn(join(folder, name, 'package.json'));
    if (version !== undefined) return version;
  }
  return undefined;
}

function versionIn(path: string): string | undefined {
  try {
    return z.object({ version: z.string() }).safeParse(JSON.parse(readFileSync(path, 'utf8'))).data?.version;
  } catch {
    return undefined;
  }
}

/** Versions that decide a run's result: Node, this project's packages and the model runtimes. */
export function runVersions(): Record<string, string> {
  const names = [...PACKAGES, 'onnxruntime-node', '@huggingface/tokenizers'];
  const found = names.map((name) => [name, versionOf(name) ?? 'not installed'] as const);
  return { node: process.versions.node, ...Object.fromEntries(found) };
}

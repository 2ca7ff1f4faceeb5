import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

const PACKAGES = ['cli', 'encoder', 'gating', 'llm', 'metrics', 'numeric', 'synthesis'].map(
  (name) => `@mixture-of-personas/${name}`,
);

/** Version of an installed package, or undefined when it is not installed. */
export function versionOf(name: string): string | undefined {
  try {
    const { version } = require(`${name}/package.json`) as { readonly version: string };
    return version;
  } catch {
    return undefined;
  }
}

/** Versions that decide a run's result: Node, this project's packages and the model runtimes. */
export function runVersions(): Record<string, string> {
  const names = [...PACKAGES, 'onnxruntime-node', '@huggingface/transformers'];
  const found = names.map((name) => [name, versionOf(name) ?? 'not installed']);
  return { node: process.versions.node, ...(Object.fromEntries(found) as Record<string, string>) };
}

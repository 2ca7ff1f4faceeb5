// The one place that loads onnxruntime-node, and only when a model is opened.
import { lstat, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type * as onnxruntime from 'onnxruntime-node';
import { ModelError, reasonOf } from '../errors.js';
import { externalDataFiles, relocateExternalData } from './external-data.js';

/** onnxruntime-node. */
export type Onnx = typeof onnxruntime;

/**
 * Loads onnxruntime-node.
 * @throws ModelError `not-installed`
 */
export async function loadOnnx(): Promise<Onnx> {
  try {
    const loaded = await import('onnxruntime-node');
    // It is CommonJS: some loaders find its names, all of them find its default.
    return 'InferenceSession' in loaded ? loaded : (loaded as { readonly default: Onnx }).default;
  } catch (cause) {
    const problem = `The onnx engine needs the package onnxruntime-node, which could not be loaded (${reasonOf(cause)}).`;
    throw new ModelError('not-installed', problem, { cause, remedy: 'Run npm i onnxruntime-node@1.30.0.' });
  }
}

/** Options of `openSession`. */
export interface SessionOptions {
  /** Threads within one operator; 0 leaves it to the runtime, which takes the physical cores. @defaultValue 0 */
  readonly threads?: number;
  /** The model's bytes where they differ from the file's; external data is still read from the file's folder. */
  readonly bytes?: Uint8Array;
}

/**
 * Opens an inference session on the CPU. Its threads wait without computing, or with `MOP_SPIN=1` in the environment busily.
 * @param path absolute path of the ONNX file
 * @throws ModelError `not-installed`, or `unsupported` when onnxruntime cannot load the file
 */
export async function openSession(path: string, options: SessionOptions = {}): Promise<onnxruntime.InferenceSession> {
  const { threads = 0 } = options;
  const { InferenceSession } = await loadOnnx();
  const { bytes, dataFolder } = await withLinkedData(path, options.bytes);
  // Faster alone on a machine, much slower beside other work: docs/decisions/0031.
  const session = { intra_op: { allow_spinning: process.env['MOP_SPIN'] === '1' ? '1' : '0' } };
  const folder = bytes === undefined ? {} : { model_external_initializers_file_folder_path: dataFolder };
  const extra = { session: { ...session, ...folder } };
  const settings = { intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3, extra } as const;
  try {
    return await (bytes === undefined
      ? InferenceSession.create(path, settings)
      : InferenceSession.create(bytes, settings));
  } catch (cause) {
    const problem = `${path} could not be loaded (${reasonOf(cause)}).`;
    throw new ModelError('unsupported', problem, { cause, remedy: 'Download or export the model again.' });
  }
}

/**
 * onnxruntime refuses external data behind links out of the model's folder, which is how the hub cache holds it: such a model is given
 * as bytes that name the linked files themselves.
 * @returns bytes, undefined where onnxruntime can read the file itself, and the folder of the external data
 */
async function withLinkedData(
  path: string,
  bytes: Uint8Array | undefined,
): Promise<{ bytes: Uint8Array | undefined; dataFolder: string }> {
  const own = { bytes, dataFolder: dirname(path) };
  if (!(await lstat(path).catch(() => undefined))?.isSymbolicLink()) return own;
  const files = new Map<string, string>();
  for (const name of await externalDataFiles(path)) files.set(name, await realpath(join(dirname(path), name)));
  const [folder, ...others] = new Set([...files.values()].map((file) => dirname(file)));
  // Files in several folders are left to onnxruntime, which refuses them by name.
  if (folder === undefined || others.length > 0) return own;
  const model = bytes ?? (await readFile(path));
  const rename = (location: string): string => basename(files.get(location) ?? location);
  return { bytes: relocateExternalData(model, rename), dataFolder: folder };
}

// The one place that loads onnxruntime-node, and only when a model is opened.
import { dirname } from 'node:path';
import type * as onnxruntime from 'onnxruntime-node';
import { ModelError, reasonOf } from '../errors.js';

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
 * Opens an inference session on the CPU.
 * @param path absolute path of the ONNX file
 * @throws ModelError `not-installed`, or `unsupported` when onnxruntime cannot load the file
 */
export async function openSession(path: string, options: SessionOptions = {}): Promise<onnxruntime.InferenceSession> {
  const { threads = 0, bytes } = options;
  const { InferenceSession } = await loadOnnx();
  const session = { intra_op: { allow_spinning: '0' } }; // spinning doubles CPU seconds: docs/decisions/0040
  const folder = bytes === undefined ? {} : { model_external_initializers_file_folder_path: dirname(path) };
  const settings: onnxruntime.InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { ...session, ...folder } },
  };
  try {
    return await (bytes === undefined
      ? InferenceSession.create(path, settings)
      : InferenceSession.create(bytes, settings));
  } catch (cause) {
    const problem = `${path} could not be loaded (${reasonOf(cause)}).`;
    throw new ModelError('unsupported', problem, { cause, remedy: 'Download or export the model again.' });
  }
}

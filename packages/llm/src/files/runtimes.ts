// The one place that loads the heavy, optional runtimes, and only when a model of this engine is opened.
import type * as onnxruntime from 'onnxruntime-node';
import type * as transformers from '@huggingface/transformers';
import { ModelError } from '../model/errors.js';

/** onnxruntime-node. */
export type Onnx = typeof onnxruntime;
/** @huggingface/transformers. */
export type Transformers = typeof transformers;

function notInstalled(name: string, cause: unknown): ModelError {
  const message = `The onnx engine needs the package ${name}, which could not be loaded; run npm install ${name}.`;
  return new ModelError('not-installed', message, { cause });
}

/** @throws ModelError `not-installed` */
export async function loadOnnx(): Promise<Onnx> {
  try {
    const loaded = await import('onnxruntime-node');
    // It is CommonJS: some loaders find its names, all of them find its default.
    return 'InferenceSession' in loaded ? loaded : (loaded as { default: Onnx }).default;
  } catch (error) {
    throw notInstalled('onnxruntime-node', error);
  }
}

/** @throws ModelError `not-installed` */
export async function loadTransformers(): Promise<Transformers> {
  try {
    return await import('@huggingface/transformers');
  } catch (error) {
    throw notInstalled('@huggingface/transformers', error);
  }
}

import { GateFormatError } from '../errors.js';
import type { OptimizerChoice } from './options.js';
import { copyGate, type Gate } from '../mixture/gate.js';
import { gateOfTensors, gateTensors, requireShapes, vector } from '../format/gate-format.js';
import { startOptimizer, type OptimizerState } from './optimizer.js';
import { decodeTensors, encodeTensors, isRecord, type Tensor } from '../format/safetensors.js';

/** The parameter arrays in the order in which the optimizer's memory is kept. */
export const PARTS = [
  'inputWeights',
  'personaWeights',
  'exemplarWeights',
  'inputBias',
  'personaBias',
  'exemplarBias',
  'temperatures',
] as const;
/** The parts that only an affine fit moves. */
export const BIASES: readonly string[] = ['inputBias', 'personaBias', 'exemplarBias'];

/** All that a fit carries from one epoch to the next. */
export interface FitState {
  /** The gate being moved, in place. */
  readonly gate: Gate;
  /** One a part. */
  optimizers: OptimizerState[];
  best: Gate;
  progress: FitProgress;
}

/** Position of a fit. */
export interface FitProgress {
  /** Epochs done. */
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  /** 0: the initial gate. */
  readonly bestEpoch: number;
  /** Of the best gate; absent without held-out records. */
  readonly bestHeldOut?: number;
  readonly initialHeldOut?: number;
  readonly stoppedEarly: boolean;
}

/** A fit that has not begun. */
export function startState(initial: Gate, optimizer: OptimizerChoice): FitState {
  const gate = copyGate(initial);
  return {
    gate,
    optimizers: PARTS.map((part) => startOptimizer(optimizer, parametersOf(gate, part).length)),
    best: copyGate(initial),
    progress: { epoch: 0, step: 0, bestEpoch: 0, stoppedEarly: false },
  };
}

/** A part's numbers, as a view. */
export function parametersOf(gate: Gate, part: (typeof PARTS)[number]): Float64Array {
  return numbersOf(gate[part]);
}

/** The numbers of a matrix or a vector, as a view. */
export function numbersOf(part: Float64Array | Gate['inputWeights']): Float64Array {
  return 'data' in part ? part.data : part;
}

/** The state as bytes; numbers are float64 and JSON keeps float64 exactly, so nothing is lost. */
export function encodeState(state: FitState, fingerprint: string): Uint8Array {
  const tensors: Record<string, Tensor> = { ...gateTensors(state.gate), ...gateTensors(state.best, 'best.') };
  state.optimizers.forEach(({ slots }, p) => slots.forEach((slot, s) => (tensors[`slot.${p}.${s}`] = vector(slot))));
  const progress = JSON.stringify({ ...state.progress, optimizerSteps: state.optimizers.map(({ steps }) => steps) });
  return encodeTensors({ tensors, metadata: { progress, fingerprint } });
}

/**
 * The state of a checkpoint.
 * @param fresh `startState` of the same fit: the shapes to expect
 * @throws GateFormatError when the bytes are no checkpoint, or one of a fit with other data or settings
 */
export function decodeState(bytes: Uint8Array, fresh: FitState, fingerprint: string): FitState {
  const { tensors, metadata } = decodeTensors(bytes);
  if (metadata['fingerprint'] !== fingerprint)
    throw new GateFormatError(strangerText(metadata['fingerprint'], fingerprint));
  const { rows, cols } = fresh.gate.inputWeights;
  const personas = fresh.gate.temperatures.length;
  requireShapes(tensors, rows, cols, personas);
  const best = Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor]) => (name.startsWith('best.') ? [[name.slice(5), tensor]] : [])),
  );
  requireShapes(best, rows, cols, personas);
  const { optimizerSteps, ...progress } = progressOf(metadata['progress'] ?? '');
  const optimizers = fresh.optimizers.map(({ slots }, p) => ({
    slots: slots.map((slot, s) => slotOf(tensors, `slot.${p}.${s}`, slot.length)),
    steps: optimizerSteps[p],
  }));
  return { gate: gateOfTensors(tensors), best: gateOfTensors(best), optimizers, progress };
}

function slotOf(tensors: Readonly<Record<string, Tensor>>, name: string, length: number): Float64Array {
  const data = tensors[name]?.data;
  if (data?.length !== length) throw new GateFormatError(`The checkpoint's ${name} should have ${length} numbers.`);
  return data;
}

function progressOf(text: string): FitProgress & { optimizerSteps: number[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new GateFormatError('The checkpoint has no progress: the file is damaged.');
  }
  const counts = isRecord(value) ? [value['epoch'], value['step'], value['bestEpoch']] : [];
  const steps = isRecord(value) ? value['optimizerSteps'] : undefined;
  if (
    counts.length < 3 ||
    !Array.isArray(steps) ||
    steps.length !== PARTS.length ||
    ![...counts, ...(steps as unknown[])].every(Number.isSafeInteger)
  ) {
    throw new GateFormatError(
      'The checkpoint has a progress without whole numbers of epochs and steps: the file is damaged.',
    );
  }
  return value as FitProgress & { optimizerSteps: number[] };
}

function strangerText(found: string | undefined, expected: string): string {
  if (found === undefined) return 'These bytes are no checkpoint of a fit.';
  try {
    const [one, other] = [JSON.parse(found) as object, JSON.parse(expected) as object].map(
      (value) => new Map(Object.entries(value).map(([name, entry]) => [name, JSON.stringify(entry)])),
    );
    const names = [...other.keys()].filter((name) => one.get(name) !== other.get(name));
    return `The checkpoint is of a fit with other ${names.join(', ')}; continue with the same data and settings, or start anew.`;
  } catch {
    return 'The checkpoint is of a fit with other settings.';
  }
}

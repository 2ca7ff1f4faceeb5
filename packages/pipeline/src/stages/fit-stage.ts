import { decodeGate, encodeGate, type Gate } from '@mixture-of-personas/gating';
import { EQUAL, FITTED, NOT_FITTED } from '../analysis/held-out.js';
import {
  FIT_HISTORY,
  GATE_DESCRIPTION,
  GATE_ORIGIN,
  GATE_WEIGHTS,
  LIKELIHOOD_DESCRIPTION,
  LIKELIHOOD_WEIGHTS,
  type FitHistory,
} from '../artifacts/fit.js';
import { FIT_TEXTS } from '../artifacts/texts.js';
import { gateInput, givesScores, startsByLikelihood } from '../config/gate-preset.js';
import type { JobContext } from '../context/job-context.js';
import { drawsFromGate, type Stage } from '../context/stage.js';
import { estimateCost } from './estimate-cost.js';
import { fitByEpochs } from './fit/fit-epochs.js';
import { fitByScores } from './fit/fit-scores.js';
import { fitByTexts, type TextsFit, type TextsParts } from './fit/fit-texts.js';

const NOT_COMPARED =
  'A chat endpoint gives no log-probabilities, so gates are not compared by likelihood; their texts are.';

/** Result of the stage `fit`. */
export interface Fit {
  readonly gate: Gate;
  readonly history: FitHistory;
  /** Whether the fit changed the gate; one that was not changed is never called fitted. */
  readonly fitted: boolean;
  /** Name of the texts that the gate draws. */
  readonly name: string;
  /** The gate that likelihood chose, of a run whose own was chosen by texts; undefined in others. */
  readonly likelihood: Gate | undefined;
}

/** Fits the gate: a checkpoint an epoch, then its weights, its description and the history. */
export const fitStage: Stage<'fit', TextsParts, Fit> = {
  name: 'fit',
  does: 'Fits the gate to the training records',
  part: 'fit',
  inputs: ['embed', 'personas', 'exemplars', 'population'],
  artifacts: [
    GATE_WEIGHTS,
    GATE_DESCRIPTION,
    FIT_HISTORY,
    GATE_ORIGIN,
    FIT_TEXTS,
    LIKELIHOOD_WEIGHTS,
    LIKELIHOOD_DESCRIPTION,
  ],
  when: drawsFromGate,
  scores: ({ config }) => config.gate.objective !== 'texts' || startsByLikelihood(config),
  async make(job, parts) {
    const { centers } = parts.population;
    const { gate, history, texts, likelihood } = await fitOf(job, parts);
    const about = { input: gateInput(job.config), encoder: job.encoder.id, center: centers.inputs };
    const { weights, description } = encodeGate(gate, about);
    const beside = likelihood === undefined ? undefined : encodeGate(likelihood, about);
    const subtracted = {
      inputs: [...centers.inputs],
      personas: [...centers.personas],
      exemplars: [...centers.exemplars],
    };
    return {
      ...GATE_WEIGHTS.file(weights),
      ...GATE_DESCRIPTION.file(description),
      ...FIT_HISTORY.file({ ...history, centres: subtracted }),
      ...(texts === undefined ? {} : FIT_TEXTS.file(texts)),
      ...(beside === undefined
        ? {}
        : { ...LIKELIHOOD_WEIGHTS.file(beside.weights), ...LIKELIHOOD_DESCRIPTION.file(beside.description) }),
    };
  },
  async load({ folder, config, gateModel }) {
    const gate = gateOf(await folder.read(GATE_WEIGHTS), await folder.read(GATE_DESCRIPTION));
    const history = await folder.read(FIT_HISTORY);
    const fitted = 'steps' in history ? history.fitted : history.epoch > 0;
    const unchanged = config.gate.preset === 'default' ? EQUAL : NOT_FITTED;
    const beside = folder.manifest.stages['fit']?.[LIKELIHOOD_WEIGHTS.name] !== undefined;
    return {
      gate,
      history,
      fitted,
      name: fitted || gateModel !== undefined ? FITTED : unchanged,
      likelihood: beside
        ? gateOf(await folder.read(LIKELIHOOD_WEIGHTS), await folder.read(LIKELIHOOD_DESCRIPTION))
        : undefined,
    };
  },
};

type Made = Pick<Fit, 'gate'> & { readonly history: WithoutCenters<FitHistory> } & Partial<
    Pick<TextsFit, 'texts' | 'likelihood'>
  >;
type WithoutCenters<History> = History extends unknown ? Omit<History, 'centres'> : never;

async function fitOf(job: JobContext, parts: TextsParts): Promise<Made> {
  const { objective, preset } = job.config.gate;
  if (!job.folder.has('fit')) await estimateCost(job, parts.population);
  if (!givesScores(job.config) && job.records.heldOut.length > 0) job.reporter.note(NOT_COMPARED);
  if (objective === 'texts') return fitByTexts(job, parts);
  return preset === 'default' ? fitByScores(job, parts.population) : fitByEpochs(job, parts.population);
}

function gateOf(weights: Uint8Array, description: Uint8Array): Gate {
  return decodeGate({ weights, description: new TextDecoder().decode(description) }).gate;
}

import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import { gateCard } from '../cards/gate-card.js';
import { datasetCard } from '../cards/card.js';
import { DATASET_CARD, GATE_CARD, REPORT_PAGE } from '../artifacts/report-data.js';
import { drawsFromGate, type Stage } from '../context/stage.js';
import { methodSource } from '../methods/text-source.js';
import { readReportInput } from '../report/elements/report-input.js';
import { compareStage } from '../stages/compare-stage.js';
import { describeStage } from '../stages/describe-stage.js';
import { embedStage } from '../stages/embed-records.js';
import { evaluateStage, type EvaluatedRun } from '../stages/evaluate-stage.js';
import { fitStage } from '../stages/fit-stage.js';
import { populationStage } from '../stages/gate-population.js';
import { personasStage } from '../stages/make-personas.js';
import { exemplarsStage } from '../stages/pick-exemplars.js';
import { baselineStage, simulateStage, type BaselineTexts, type SourceParts } from '../stages/simulate-stage.js';

type CardParts = Pick<StageResults, 'personas' | 'exemplars' | 'fit' | 'compare' | 'simulate' | 'evaluate'>;

const cardStage: Stage<'card', CardParts, void> = {
  name: 'card',
  does: 'Writes the cards of the texts and of the gate',
  part: 'evaluate',
  inputs: ['personas', 'exemplars', 'fit', 'compare', 'simulate', 'evaluate'],
  artifacts: [DATASET_CARD, GATE_CARD],
  when: drawsFromGate,
  make({ folder, config, records }, { personas, exemplars, fit, compare, simulate, evaluate }) {
    const { manifest } = folder;
    const texts = datasetCard({ manifest, metrics: evaluate.metrics, rows: simulate });
    const sizes = { exemplars: exemplars.exemplars.length, records: records.training.length };
    const { temperatures } = fit.gate;
    const ofGate = gateCard({ manifest, config, personas, ...sizes, temperatures, fit: fit.history, heldOut: compare });
    return Promise.resolve({ ...DATASET_CARD.file(texts), ...GATE_CARD.file(ofGate) });
  },
  load: () => Promise.resolve(),
};

const reportStage: Stage<'report', object, void> = {
  name: 'report',
  does: 'Draws the report',
  part: 'evaluate',
  inputs: [],
  artifacts: [REPORT_PAGE],
  when: drawsFromGate,
  async make({ folder, config }) {
    // The plot library takes half a second to load, which a run that stops earlier need not spend.
    const { reportPage } = await import('../report/page.js');
    return REPORT_PAGE.file(reportPage(await readReportInput(folder, config)));
  },
  load: () => Promise.resolve(),
};

/** Results of all stages, by its name; undefined where a run does not have the stage. */
export interface StageResults
  extends SourceParts, BaselineTexts, Readonly<Record<'describe' | 'card' | 'report', void>> {
  readonly simulate: readonly SyntheticRow[];
  readonly evaluate: EvaluatedRun;
}

/** A stage as the runner takes it: called with all results so far. */
export type RunStage = {
  [Name in keyof StageResults]: Stage<Name, StageResults, StageResults[Name]>;
}[keyof StageResults];

/** All stages in their order: the runner, the manifest, `mop info`, resuming and the documentation read this list. */
export const STAGES: readonly RunStage[] = [
  embedStage,
  personasStage,
  exemplarsStage,
  populationStage,
  fitStage,
  compareStage,
  simulateStage(methodSource),
  baselineStage('zero-shot'),
  baselineStage('uniform'),
  baselineStage('likelihood'),
  evaluateStage,
  describeStage,
  cardStage,
  reportStage,
];

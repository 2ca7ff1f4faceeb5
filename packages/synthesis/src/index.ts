// what flows through
export type { Persona, PopulationRecord, SyntheticRow } from './record.js';
// prompts
export type {
  Content,
  GenerateRole,
  OutputRules,
  Part,
  Placeholder,
  PromptTemplate,
  Role,
  RoleTemplate,
  TurnTemplate,
} from './template.js';
export { templateFor, templateNames } from './templates/index.js';
export { parseTemplate } from './parse-template.js';
export { promptHash, renderPrompt, renderWithExemplars, type PromptValues } from './prompts.js';
// personas
export { synthesizePersonas, type PersonaOptions, type PersonaStep } from './synthesize-personas.js';
export { keywordPersonas, randomPersonas, type ClusteredRecords } from './keyword-personas.js';
export { personasFromFile } from './persona-file.js';
export { classifyPersonas, type ClassifyInput } from './classify-personas.js';
export { mixPersonas, type MixInput } from './mix-personas.js';
export { clusterRecords, type RecordCluster } from './clusters.js';
// exemplars
export { chooseExemplars, ownExemplars, type ChosenExemplars } from './exemplars.js';
// scoring
export { pairRequest, pairScorer, zeroShotRequests, type PairScorerParts } from './pair-scorer.js';
// simulating
export { simulate, type SimulateOptions, type SimulationInput } from './simulate.js';
export type { PairSource } from './pair-source.js';
export { cleanText, cutUnfinished } from './clean-text.js';
// what a mixture is compared with
export {
  simulateBaseline,
  type Baseline,
  type BaselineInput,
  type BaselineOptions,
  type BaselinePlan,
} from './baselines/baseline.js';
export { zeroGen, type ClassPlan } from './baselines/zerogen.js';
export { attrPrompt } from './baselines/attrprompt.js';
export { attributesFromFiles, type Attribute, type AttributeFile } from './baselines/attributes.js';
export { inventAttributes, inventContexts, type InventInput, type InventOptions } from './baselines/invent.js';
export { ownAttributes } from './baselines/own-tables.js';
export { proGen, type ProGenInput, type ProGenOptions } from './baselines/progen.js';
export { influenceScores, type ValidationRows } from './baselines/influence.js';
export { withOnes, type LabelledRows } from './baselines/classifier.js';
export {
  likelihoodRatios,
  modelRatios,
  picle,
  promptContrast,
  type LikelihoodPair,
  type PicleInput,
  type PicleOptions,
  type TwoModels,
} from './baselines/picle.js';
export { verbalizedSampling } from './baselines/verbalized.js';
// errors
export { BaselineError, ExemplarError, PersonaError, PromptError } from './errors.js';

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
} from './prompts/template.js';
export { templateFor, templateNames } from './prompts/templates/index.js';
export { parseTemplate } from './prompts/parse.js';
export { promptHash, renderPrompt, type PromptLabel, type PromptValues, type RenderOptions } from './prompts/render.js';
// personas
export {
  keywordNote,
  synthesizePersonas,
  type PersonaNote,
  type PersonaOptions,
  type PersonaStep,
} from './personas/synthesize-personas.js';
export { keywordPersonas, randomPersonas, type ClusteredRecords } from './personas/keyword-personas.js';
export { personasFromFile, personasFromRows, type PersonaFormat, type PersonaRow } from './personas/persona-library.js';
export { preselectExemplars, preselectPersonas, type PreselectOptions } from './personas/preselect.js';
export { classifyPersonas, type ClassifyInput } from './personas/classify-personas.js';
export { mixPersonas, type MixInput } from './personas/mix-personas.js';
export { clusterRecords, type RecordCluster } from './personas/clusters.js';
// exemplars
export { chooseExemplars, firstOfEachText, ownExemplars, type ChosenExemplars } from './personas/exemplars.js';
// scoring
export { pairRequest, pairScorer, zeroShotRequests, type PairScorerParts } from './simulate/pair-scorer.js';
// simulating
export { simulate, type SimulateOptions, type SimulationInput } from './simulate/simulate.js';
export type { ListedPair, PairSource } from './simulate/pair-source.js';
export type { TextOptions } from './simulate/write-rows.js';
export { cleanText, cutUnfinished } from './prompts/clean-text.js';
// text sources: the methods that a mixture is compared with
export { resampledExemplar } from './baselines/resampled.js';
export { sourceSettings, textSource, textSources } from './baselines/sources.js';
export {
  defineSource,
  type SettingFact,
  type SettingFacts,
  type SettingValue,
  type SourceContext,
  type SourceDefinition,
  type SourceExemplars,
  type SourceNeed,
  type TextSource,
  type TextWriter,
  type ValuesOf,
} from './text-source/source.js';
export {
  simulateBaseline,
  type Baseline,
  type BaselineInput,
  type BaselineOptions,
  type BaselinePlan,
} from './text-source/baseline.js';
export type { AttributeFile } from './text-source/attributes.js';
// errors
export { BaselineError, ExemplarError, PersonaError, PromptError } from './errors.js';

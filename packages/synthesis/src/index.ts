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

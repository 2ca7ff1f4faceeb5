// what flows through
export type { Persona, PopulationRecord, SyntheticRow } from './record.js';

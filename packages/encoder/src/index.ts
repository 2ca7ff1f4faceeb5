// the interface every engine implements
export type { EmbedOptions, Encoder } from './encoder.js';

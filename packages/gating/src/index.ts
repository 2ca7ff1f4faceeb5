// the mixture
export type { Gate, LogLikelihoodCurve, Pair, PairRequest, PairScorer } from './gate.js';

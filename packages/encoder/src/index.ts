// choosing and opening
export {
  formatEncoderChoice,
  parseEncoderChoice,
  type EncoderChoice,
  type OnnxEncoderChoice,
  type ServerEncoderChoice,
} from './choice.js';
export { openEncoder, type OpenOptions } from './open.js';
// the interface every engine implements
export type { EmbedOptions, Encoder, EncoderDescription } from './encoder.js';
// remembering embeddings on disk
export { withCache, type CachedEncoder, type CacheOptions } from './cache/cache.js';
// errors
export { ModelError } from '@mixture-of-personas/models';
export { CacheError, EmbeddingError } from './errors.js';

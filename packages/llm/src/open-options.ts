import type { HubOptions } from '@mixture-of-personas/models';
import type { TemplateSettings } from './tokenizing/chat-template.js';
import type { WeightFormat } from './files/model-folder.js';
import type { ServerOptions } from './server/transport/server-options.js';

/**
 * Options for opening a model. Only `weights`, the template's variables and date and, at other temperatures than 1, `server` change scores and texts.
 */
export interface OpenOptions extends TemplateSettings, HubOptions {
  /** Threads within one operator. @defaultValue the machine's cores, 8 at most */
  readonly threads?: number | undefined;
  /** Rows decoded together by `generate`, fewer when their keys and values would pass 512 MB. @defaultValue 32 */
  readonly batch?: number;
  /** Format of the weights. @defaultValue the first there is of q8, int8, uint8, fp32, q4, bnb4, q4f16, fp16 */
  readonly weights?: WeightFormat;
  readonly server?: ServerOptions | undefined;
}

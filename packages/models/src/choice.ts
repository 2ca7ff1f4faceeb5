import { ModelError } from './errors.js';

/** A model by engine. */
export type ModelChoice = EmbeddedChoice | OnnxChoice | ServerChoice;

/** The model that comes with a package. */
export interface EmbeddedChoice {
  readonly kind: 'embedded';
}

/** A model in the Hugging Face ONNX layout. */
export interface OnnxChoice {
  readonly kind: 'onnx';
  /** A folder, or a hub id `OWNER/NAME` or `OWNER/NAME@REVISION`. */
  readonly model: string;
  /** Weights file, such as `model_quantized.onnx`, in the folder or in its `onnx` folder. */
  readonly file?: string;
}

/** A model behind one or several OpenAI-compatible servers that share the load. */
export interface ServerChoice {
  readonly kind: 'server';
  /** At least one base URL, with or without `/v1`; a server of weight 2 gets twice the requests of one of weight 1. */
  readonly endpoints: readonly { readonly url: string; readonly weight: number }[];
  /** Name that the servers know the model by. */
  readonly model: string;
}

const FORMS = 'embedded, onnx:FOLDER-OR-HUB-ID[#FILE.onnx] or server:URL#MODEL';

/**
 * Reads a choice as people write it in a config or on a command line.
 * @param text `embedded`, `onnx:FOLDER-OR-HUB-ID[#FILE.onnx]` or `server:URL[*WEIGHT][,URL[*WEIGHT]…]#MODEL`
 * @throws ModelError `choice` naming the forms
 */
export function parseModelChoice(text: string): ModelChoice {
  if (text === 'embedded') return { kind: 'embedded' };
  const [, kind, rest = ''] = /^(onnx|server):(.+)$/s.exec(text) ?? [];
  const hash = rest.lastIndexOf('#');
  const before = hash < 0 ? rest : rest.slice(0, hash);
  const after = hash < 0 ? '' : rest.slice(hash + 1).trim();
  if (kind === 'onnx' && rest.trim() !== '')
    return after.endsWith('.onnx') && before ? { kind, model: before, file: after } : { kind, model: rest };
  if (kind === 'server' && after !== '')
    return { kind, endpoints: before.split(',').map((part) => endpointIn(part.trim())), model: after };
  const lacks = /^(onnx|server)(:|$)/.test(text) ? 'model' : 'engine';
  const problem = `${JSON.stringify(withoutPassword(text))} names no ${lacks}; a model must be ${FORMS}.`;
  throw new ModelError('choice', problem);
}

/** The choice as `parseModelChoice` reads it, weights of 1 left out. */
export function formatModelChoice(choice: ModelChoice): string {
  if (choice.kind === 'embedded') return 'embedded';
  if (choice.kind === 'onnx') return `onnx:${choice.model}${choice.file === undefined ? '' : `#${choice.file}`}`;
  const urls = choice.endpoints.map(({ url, weight }) => (weight === 1 ? url : `${url}*${weight}`));
  return `server:${withoutPassword(urls.join(','))}#${choice.model}`;
}

function endpointIn(part: string): ServerChoice['endpoints'][number] {
  const [, url = part, weight = '1'] = /^(.*)\*(\d+(?:\.\d+)?)$/.exec(part) ?? [];
  const shown = withoutPassword(url);
  if (!/^https?:\/\/[^/\s]/.test(url) || !(Number(weight) > 0)) {
    const problem = `"${shown}" is no server's address (a model must be ${FORMS}).`;
    const remedy = 'Write http://HOST:PORT, and "*2" after it for twice the load.';
    throw new ModelError('choice', problem, { remedy });
  }
  if (shown !== url) {
    const remedy = 'Leave it out and put the key into the environment variable MOP_API_KEY.';
    throw new ModelError('choice', `The address ${shown} holds a name or password.`, { remedy });
  }
  return { url, weight: Number(weight) };
}

function withoutPassword(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/g, '//');
}

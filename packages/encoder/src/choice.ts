import { SettingError } from '@mixture-of-personas/numeric';
import { formatModelChoice, parseModelChoice, type EmbeddedChoice, type OnnxChoice } from '@mixture-of-personas/models';

/** An encoder by engine. `embedded` is the table in this package: no download, no peer. */
export type EncoderChoice = EmbeddedChoice | OnnxEncoderChoice | ServerEncoderChoice;

/** A sentence encoder in the Hugging Face ONNX layout. */
export interface OnnxEncoderChoice extends OnnxChoice {
  /** Name of one of the model's prompts, or the prompt's own text; '' for none. @defaultValue the model's `default_prompt_name` */
  readonly prompt?: string;
  /** Whether a Normalize module at the end is applied; false gives the rows before it. @defaultValue true */
  readonly normalize?: boolean;
}

/** An encoder behind an OpenAI-compatible server. */
export interface ServerEncoderChoice {
  readonly kind: 'server';
  /** Base URL, with or without `/v1`. */
  readonly url: string;
  readonly model: string;
  /** Environment variable that holds the key; the key itself is never stored or printed. @defaultValue 'MOP_API_KEY' */
  readonly apiKeyEnv?: string;
}

const FORMS = 'embedded, onnx:FOLDER-OR-HUB-ID[?prompt=NAME][#FILE.onnx] or server:URL#MODEL';

/**
 * Reads `embedded`, `onnx:FOLDER-OR-HUB-ID[?SETTINGS][#FILE.onnx]` or `server:URL#MODEL`. Settings are `prompt=NAME-OR-TEXT` and
 * `normalize=false`, URL-encoded and joined by "&".
 * @throws SettingError when it is none of them
 */
export function parseEncoderChoice(text: string): EncoderChoice {
  const refused = (): SettingError => new SettingError('encoder', 'the choice', FORMS, JSON.stringify(text));
  let choice;
  try {
    choice = parseModelChoice(text.replace(/(server:https?:\/\/)[^/@\s]*@/, '$1'));
  } catch {
    throw refused();
  }
  if (choice.kind === 'onnx') return { ...choice, ...settingsIn(choice.model, refused) };
  if (choice.kind === 'embedded') return choice;
  const [endpoint, ...others] = choice.endpoints;
  if (endpoint === undefined || others.length > 0 || endpoint.weight !== 1) throw refused();
  return { kind: 'server', url: endpoint.url, model: choice.model };
}

function settingsIn(model: string, refused: () => SettingError): Omit<OnnxEncoderChoice, 'kind' | 'file'> {
  const [, name = model, query] = /^(.*?)\?((?:prompt|normalize)=.*)$/s.exec(model) ?? [];
  if (query === undefined) return { model };
  const { prompt, normalize, ...others } = Object.fromEntries(new URLSearchParams(query));
  const known = normalize === undefined || normalize === 'true' || normalize === 'false';
  if (name === '' || !known || Object.keys(others).length > 0) throw refused();
  return {
    model: name,
    ...(prompt !== undefined && { prompt }),
    ...(normalize !== undefined && { normalize: normalize === 'true' }),
  };
}

/** The choice as `parseEncoderChoice` reads it: what ids and manifests hold. Passwords in a URL are left out. */
export function formatEncoderChoice(choice: EncoderChoice): string {
  if (choice.kind === 'embedded') return 'embedded';
  if (choice.kind === 'server')
    return formatModelChoice({ kind: 'server', endpoints: [{ url: choice.url, weight: 1 }], model: choice.model });
  const { prompt, normalize, ...onnx } = choice;
  const settings = new URLSearchParams();
  if (prompt !== undefined) settings.set('prompt', prompt);
  if (normalize !== undefined) settings.set('normalize', String(normalize));
  const query = settings.size === 0 ? '' : `?${settings.toString()}`;
  return formatModelChoice({ ...onnx, model: `${onnx.model}${query}` });
}

import type { Fault, Refusal } from '@mixture-of-personas/models';
import { ModelError } from '../../model/errors.js';
import type { Endpoint } from '../transport/endpoint.js';
import type { ServerSettings } from '../transport/server-options.js';

/** Most log-probabilities a token that a refusal says are allowed; undefined when it is about something else. */
export function mostAllowed(message: string): number | undefined {
  const found = /log_?prob.*max(?:imum)? allowed: (\d+)/is.exec(message)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** A server that gives no log-probabilities of prompts. */
export function noScores({ url }: Endpoint, declined?: string): ModelError {
  const said = declined === undefined ? '' : ` (it said: ${sentence(declined)})`;
  const problem = `The server ${url} gives no log-probabilities of a prompt's own tokens${said}, so it cannot score`;
  const advice = 'serve the model with vLLM, or fit with an onnx model and simulate with this one';
  return new ModelError('cannot-score', `${problem}; ${advice}.`);
}

/** A server that is not there. */
export function unreachable({ url }: Endpoint, fault: Fault): ModelError {
  const message = `The server ${url} ${fault.message}. Check the URL and that it runs.`;
  return new ModelError('server', message, { cause: fault });
}

/** A request that a server declined, and what to do about it. */
export function refused(
  { url }: Endpoint,
  { status, message }: Refusal,
  { model, settings }: { readonly model: string; readonly settings: ServerSettings },
): ModelError {
  const said = message === '' ? '' : `: ${sentence(message)}`;
  const top = mostAllowed(message);
  const advice =
    status === 401 || status === 403
      ? `Set the environment variable ${settings.keyName} to a key that it accepts.`
      : status === 404
        ? `Check the URL and the model's name, ${JSON.stringify(model)}.`
        : top === undefined
          ? 'Shorten the prompt, or ask for what the server allows.'
          : `Set topLogProbabilities to ${top} or less, or start it with --max-logprobs ${settings.topLogProbabilities}.`;
  return new ModelError('refused', `The server ${url} declined the request with ${status}${said}. ${advice}`);
}

function sentence(text: string): string {
  return text.replace(/[.\s]+$/, '');
}
